from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.spec import Plan
from autoclue.search.study.starting_points import Starts, starting_points

NOWHERE = Path("no-studies")
Planned = Callable[..., Plan]


def settings_of(starts: Starts) -> list[Mapping[str, object]]:
    return [each.settings for each in starts.points]


def test_published_settings_become_a_point_with_neutral_values_of_the_strategy(
    planned: Planned,
) -> None:
    plan = planned(task="csl", model="ernie-3.0-base-zh", strategy="discriminative")
    starts = starting_points(plan, NOWHERE)
    own = {"learning_rate": 2e-5, "batch_size": 32, "factor": 1.0, "frozen_blocks": 0}
    assert settings_of(starts) == [own]
    assert plan.space.contains(own)
    assert starts.words == "the published best settings of ernie-3.0-base-zh"


def test_a_published_dropout_that_is_not_searched_is_taken_over_nevertheless(
    planned: Planned,
) -> None:
    plan = planned(task="iflytek", model="ernie-3.0-base-zh", settings={"dropout": 0.1})
    (point,) = settings_of(starting_points(plan, NOWHERE))
    assert (point["dropout"], point["learning_rate"]) == (0.0, 5e-5)


def test_layer_wise_settings_count_only_where_all_of_them_are_meant(planned: Planned) -> None:
    given = {"task": "xnli", "model": "hfl/roberta-wwm-ext-large"}
    (point,) = settings_of(starting_points(planned(**given, space="autofinetune"), NOWHERE))
    assert (point["blocks"], point["factor"]) == (17, 1.09782046325)
    other = starting_points(planned(**given), NOWHERE)
    assert other.points == ()
    assert str(other.words).endswith("are what the baseline tries, or of another strategy")


@pytest.mark.parametrize(
    "changes",
    [
        {"task": "csl"},  # the model that ships
        {"task": "lcqmc", "model": "ernie-3.0-base-zh"},  # in none of its tables
        {"task": "csl", "model": "ernie-3.0-base-zh", "start_from": "none"},
    ],
)
def test_nothing_is_tried_first_where_nothing_is_known_or_wanted(
    planned: Planned, changes: dict[str, str]
) -> None:
    assert starting_points(planned(**changes), NOWHERE) == Starts((), None)


def test_published_settings_that_equal_the_baseline_are_not_tried_twice(planned: Planned) -> None:
    same = {"learning_rate": 2e-5, "batch_size": 32}
    plan = planned(task="csl", model="ernie-3.0-base-zh", strategy="uniform", baseline=same)
    assert starting_points(plan, NOWHERE).points == ()


def test_a_study_that_is_not_there_is_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match="No study is called 'other'"):
        starting_points(planned(start_from="other"), NOWHERE)
