"""When counting begins. The tuner is made up, and nothing is timed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from autoclue.records import Stop
from autoclue.search.tuner import Tuner
from benchmarks.cost.idle_trials import PREPARED, evaluation
from benchmarks.scale.commits import Commits
from benchmarks.scale.metered import NEARLY_ALL, Figures, Metered

STOP = Stop(reason="enough", rung=None, step=100, score=0.5, cutoff=None, comparators=0)


class Obeying:
    """Stops the trials that it is told to."""

    def __init__(self, *stopped: int) -> None:
        self._stopped = stopped

    def prepared(self, number: int, prepared: object) -> bool:
        return True

    def evaluated(self, number: int, evaluation: object, *, state: object = None) -> Stop | None:
        return STOP if number in self._stopped else None

    def died(self, number: int, reason: str, **how: Any) -> None:
        """Take note."""

    def ended(self, number: int) -> None:
        """Take note."""


def metered(tuner: Obeying, *, wanted: int | None, running: float = NEARLY_ALL) -> Metered:
    return Metered(
        *(cast(Tuner, tuner), Commits(), wanted, 0, lambda deaths: 0, 1.0, Figures(live=3)),
        running,
    )


@pytest.mark.parametrize(
    ("wanted", "running", "counted"),
    [(9, NEARLY_ALL, [0, 1]), (9, 0.5, [1, 2]), (None, NEARLY_ALL, [1, 2])],
)
def test_counting_begins_once_nearly_all_run_at_the_same_moment_or_a_population_has_begun(
    wanted: int | None, running: float, counted: list[int]
) -> None:
    found = metered(Obeying(0), wanted=wanted, running=running)
    found.prepared(0, PREPARED)
    found.prepared(1, PREPARED)
    found.evaluated(0, evaluation(100, 0.5))  # stops
    reports = []
    for number in (2, 3):
        found.prepared(number, PREPARED)
        found.evaluated(number, evaluation(100, 0.5))
        reports.append(found.figures.reports)

    assert reports == counted


@pytest.mark.parametrize("leaves", ["ended", "died"])
def test_a_trial_that_has_left_is_none_that_runs(leaves: str) -> None:
    found = metered(Obeying(), wanted=9)
    found.prepared(0, PREPARED)
    found.prepared(1, PREPARED)
    getattr(found, leaves)(*((0, "killed") if leaves == "died" else (0,)))
    found.prepared(2, PREPARED)
    found.evaluated(2, evaluation(100, 0.5))

    assert found.figures.reports == 0
