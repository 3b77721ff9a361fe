from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.reporting.statistics.paired import paired_difference, spread, t_quantile

SAME = {1: 0.3, 2: 0.6, 3: 0.5}
SCORES = st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (1, math.tan(math.pi * 0.475)),  # Cauchy's distribution
        (2, 0.95 * math.sqrt(2 / (1 - 0.95**2))),  # closed form for two degrees
        (4, 2.776445105),  # Student's table
        (1_000_000, 1.959966),  # the normal distribution
    ],
)
def test_quantiles_are_students(freedom: int, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, rel=1e-6)


def test_the_interval_of_two_scores_has_a_closed_form() -> None:
    found = spread([0.4, 0.6])
    half = math.tan(math.pi * 0.475) * 0.1
    assert (found.n, found.mean) == (2, 0.5)
    assert found.deviation == pytest.approx(math.sqrt(0.02))
    assert found.low == pytest.approx(0.5 - half)
    assert found.high == pytest.approx(0.5 + half)


def test_one_score_has_no_spread_and_none_has_no_mean() -> None:
    assert (spread([0.4]).mean, spread([0.4]).deviation, spread([0.4]).low) == (0.4, None, None)
    assert (spread([]).n, spread([]).mean) == (0, None)


def test_a_steady_difference_is_seen_through_noise_that_both_share() -> None:
    noise = {1: 0.1, 2: 0.3, 3: 0.2, 4: 0.5}
    first = {seed: 0.4 + n + 0.001 * seed for seed, n in noise.items()}
    second = {seed: 0.3 + n for seed, n in noise.items()}
    found = paired_difference(first, second)
    assert found.mean == pytest.approx(0.1025)
    assert found.deviation == pytest.approx(statistics.stdev([0.001, 0.002, 0.003, 0.004]))
    assert found.distinguishable is True


def test_a_difference_within_its_interval_cannot_be_told_apart() -> None:
    found = paired_difference({1: 0.5, 2: 0.6, 3: 0.7}, {1: 0.6, 2: 0.5, 3: 0.6})
    assert found.distinguishable is False


def test_only_common_seeds_count() -> None:
    found = paired_difference({1: 0.5, 2: 0.6, 9: 1.0}, {1: 0.4, 2: 0.3, 8: 0.0})
    assert found.n == 2
    assert found.mean == pytest.approx(0.2)


@pytest.mark.parametrize("second", [{}, {2: 0.5}, {1: 0.4}])
def test_fewer_than_two_common_seeds_judge_nothing(second: dict[int, float]) -> None:
    assert paired_difference({1: 0.5}, second).distinguishable is None


def test_differences_without_any_spread_judge_nothing() -> None:
    found = paired_difference({1: 0.3, 2: 0.6}, {1: 0.2, 2: 0.5})
    assert found.mean == pytest.approx(0.1)
    assert (found.deviation, found.low) == (0.0, None)
    assert found.distinguishable is None


def test_the_same_scores_cannot_be_told_apart() -> None:
    assert paired_difference(SAME, SAME).distinguishable is False


def test_two_seeds_are_too_few_to_judge_whatever_they_say() -> None:
    found = paired_difference({1: 0.80, 2: 0.81}, {1: 0.33, 2: 0.35})
    assert found.mean == pytest.approx(0.465)
    assert found.distinguishable is None


def test_the_interval_of_a_mean_accuracy_stays_within_its_range() -> None:
    found = spread([0.9, 0.99], bounds=(0.0, 1.0))
    assert found.high == 1.0
    assert found.low is not None
    assert 0.0 <= found.low < 0.9


@given(SCORES, SCORES)
def test_exchanging_the_two_turns_the_sign_and_nothing_else(
    one: list[float], other: list[float]
) -> None:
    first, second = dict(enumerate(one)), dict(enumerate(other))
    there, back = paired_difference(first, second), paired_difference(second, first)
    assert there.mean == pytest.approx(-(back.mean or 0.0), abs=1e-12)
    assert there.distinguishable == back.distinguishable


@given(SCORES)
def test_the_mean_lies_in_the_middle_of_its_interval(scores: list[float]) -> None:
    found = spread(scores)
    assert found.mean is not None
    assert found.low is not None
    assert found.high is not None
    assert (found.low + found.high) / 2 == pytest.approx(found.mean, abs=1e-12)
