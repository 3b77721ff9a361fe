"""Confidence intervals, against figures that were worked out elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.intervals import mean_interval, wilson_interval


def test_the_interval_of_a_mean_is_two_standard_errors_wide_on_each_side() -> None:
    values = [0.2, 0.4, 0.6, 0.8]  # standard deviation 0.2582, standard error 0.1291
    assert mean_interval(values) == pytest.approx((0.5 - 0.25303, 0.5 + 0.25303), abs=1e-4)


def test_equal_values_at_an_end_are_a_proportion() -> None:
    assert mean_interval([1.0] * 20) == wilson_interval(1.0, 20)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_of_a_mean_holds_it_within_the_range(values: list[float]) -> None:
    low, high = mean_interval(values)
    mean = sum(values) / len(values)
    assert 0 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1
