"""Studies are what they were when they were recorded; ``record.py`` records them anew."""

from __future__ import annotations

import pytest

from tests.golden.records import differences, machine, read
from tests.golden.scripted import SCRIPTED, cut_off, extended
from tests.golden.seam import unfinished

OTHER_PROCESSOR = 1e-9
"""Logarithms and exponentials in samplers may differ in their last digit between processors."""


def tolerance_of(recorded_on: dict[str, str], *, elsewhere: float) -> float:
    """Want every digit on the kind of machine that made the record."""
    return 0.0 if recorded_on == machine() else elsewhere


@pytest.mark.parametrize("name", list(SCRIPTED))
def test_scripted_search_asks_and_stops_as_it_was_recorded(name: str) -> None:
    recorded_on, recorded = read(f"scripted-{name}")
    tolerance = tolerance_of(recorded_on, elsewhere=OTHER_PROCESSOR)

    assert differences(SCRIPTED[name](), recorded, tolerance=tolerance) == []


@pytest.mark.parametrize("cuts", [(1,), (37,), (150,), (211,), (5, 40, 3, 77, 1, 2, 30)])
def test_scripted_search_that_was_cut_off_ends_as_the_recorded_one(cuts: tuple[int, ...]) -> None:
    recorded_on, recorded = read("scripted-tpe-adaptive")
    tolerance = tolerance_of(recorded_on, elsewhere=OTHER_PROCESSOR)

    assert differences(cut_off(*cuts), unfinished(recorded), tolerance=tolerance) == []


def test_scripted_search_that_was_given_more_trials_is_as_the_recorded_one() -> None:
    recorded_on, recorded = read("scripted-tpe-adaptive")
    tolerance = tolerance_of(recorded_on, elsewhere=OTHER_PROCESSOR)

    assert differences(extended(), recorded, tolerance=tolerance) == []
