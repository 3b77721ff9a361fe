"""A study of hundreds of trials is drawn in seconds and makes a page that can be mailed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autoclue.records import StudyRecord
from autoclue.reporting import SECTIONS, Section
from autoclue.reporting.drawing.plotly_adapter import figure_json
from autoclue.reporting.sections.importance import importance_info
from autoclue.reporting.statistics import importance

TRIALS = 500


@pytest.fixture(scope="module")
def many(demo: StudyRecord) -> StudyRecord:
    """The demo again and again, each time with other learning rates."""
    rest = demo.trials[1:]
    more = []
    for number in range(1, TRIALS):
        trial = rest[number % len(rest)]
        rate = float(str(trial.params["learning_rate"])) * (1 + number / TRIALS)
        params = {**trial.params, "learning_rate": min(rate, 5e-4)}
        more.append(replace(trial, number=number, params=params))
    return replace(demo, trials=(demo.trials[0], *more))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many trials each estimate of importance takes; none is really made."""
    found: list[int] = []

    def shares(
        columns: tuple[importance.Column, ...], scores: object, rows: list[int], seed: int | None
    ) -> dict[str, float]:
        found.append(len(rows))
        return {column.name: 1.0 / (1 + i) for i, column in enumerate(columns)}

    monkeypatch.setattr(importance, "_shares", shares)
    importance._estimate.cache_clear()
    yield found
    importance._estimate.cache_clear()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_no_figure_is_large(section: Section, many: StudyRecord) -> None:
    drawn = section.figure(section.info(many))
    assert len(figure_json(drawn)) < 1_000_000


def test_an_estimate_of_importance_takes_so_many_trials_and_no_more(
    many: StudyRecord, asked: list[int]
) -> None:
    info = importance_info(many)
    assert info.trials > importance.MOST_TOGETHER
    assert set(asked) == {importance.MOST_TOGETHER, importance.MOST_RESAMPLED}
    assert "Each estimate takes 200 of them." in str(info.note)
