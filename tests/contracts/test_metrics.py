"""Every metric keeps the same promises; the toy one shows that a second with two scores fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import METRICS, Metric, Predictions
from tests.contracts.toy_head import TOY


@dataclass(frozen=True)
class Case:
    """Values that a metric can score.

    Attributes:
        metric: The metric.
        right: Predictions without a mistake, by the references that they meet.
        wrong: As many, none of which is right.
    """

    metric: Metric
    references: Sequence[Any]
    right: tuple[Any, ...]
    wrong: tuple[Any, ...]


CASES = (
    Case(METRICS["accuracy"], references=[0, 2, 1], right=(0, 2, 1), wrong=(1, 0, 0)),
    Case(METRICS["macro_f1"], references=[0, 2, 1], right=(0, 2, 1), wrong=(1, 0, 0)),
    Case(METRICS["mcc"], references=[0, 2, 1], right=(0, 2, 1), wrong=(1, 0, 0)),
    *(
        Case(METRICS[name], references=[(0, 1), ()], right=((0, 1), ()), wrong=((2,), (0,)))
        for name in ("multi_label", "multi_label_macro")
    ),
    Case(
        METRICS["cmrc2018"],
        references=[("天地", "天"), ("人",)],
        right=("天", "人。"),
        wrong=("山", "水"),
    ),
    Case(TOY, references=["天地", "人"], right=("天地", "人"), wrong=("地", "山")),
)
"""A new metric adds itself here."""
METRIC = pytest.mark.parametrize("case", CASES, ids=lambda case: case.metric.name)


def scores(case: Case, values: tuple[Any, ...]) -> dict[str, float]:
    return case.metric.score(Predictions(("",) * len(values), values), case.references)


def test_every_metric_has_a_case() -> None:
    assert set(METRICS) == {case.metric.name for case in CASES} - {TOY.name}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_found_by_its_own_name(name: str) -> None:
    assert METRICS[name].name == name


@METRIC
def test_scores_come_under_their_names_with_the_primary_one_first(case: Case) -> None:
    assert tuple(scores(case, case.right)) == case.metric.scores
    assert case.metric.primary == case.metric.scores[0]


@METRIC
def test_no_mistake_scores_one_and_higher_is_better(case: Case) -> None:
    assert set(scores(case, case.right).values()) == {1.0}
    worst = scores(case, case.wrong)
    assert all(0.0 <= value < 1.0 for value in worst.values())


@METRIC
def test_the_same_values_give_the_same_scores(case: Case) -> None:
    assert scores(case, case.wrong) == scores(case, case.wrong)


@METRIC
def test_a_missing_prediction_is_refused(case: Case) -> None:
    with pytest.raises(UsageError, match="needs one prediction for each reference"):
        scores(case, case.right[1:])


@METRIC
def test_every_interval_holds_its_score(case: Case) -> None:
    mixed = (case.right[0], *case.wrong[1:])
    for values in (case.right, case.wrong, mixed):
        told = Predictions(("",) * len(values), values)
        found = scores(case, values)
        bounds = case.metric.intervals(told, case.references, found)
        assert set(bounds) <= set(found)
        assert all(0 <= low <= found[n] <= high <= 1 for n, (low, high) in bounds.items())


@METRIC
@pytest.mark.parametrize("score", [0.0, 0.3, 1.0])
def test_the_interval_holds_the_score_within_the_range_or_there_is_none(
    case: Case, score: float
) -> None:
    low, high = case.metric.interval(score, 50) or (0.0, 1.0)
    assert 0.0 <= low <= score <= high <= 1.0


@METRIC
def test_a_score_that_is_no_number_has_no_interval(case: Case) -> None:
    assert case.metric.interval(float("nan"), 50) is None
