"""The first trials, spread over the space."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState, create_trial

from autoclue.search.sampling.initial_design import InitialDesign, least_tried, part_of, parts

RATES = CategoricalDistribution(["a", "b", "c"])
KINDS: tuple[tuple[BaseDistribution, int], ...] = (
    (RATES, 3),
    (CategoricalDistribution([None]), 1),
    (FloatDistribution(1e-5, 1e-3, log=True), 8),
    (FloatDistribution(0.0, 0.7, step=0.1), 8),
    (FloatDistribution(0.1, 0.5, step=0.2), 3),
    (FloatDistribution(0.3, 0.3), 1),
    (IntDistribution(1, 5, step=2), 3),
    (IntDistribution(7, 7), 1),
    (IntDistribution(0, 99), 8),
    (IntDistribution(32, 512, log=True), 8),
)
"""With the parts of each. The last two have values that don't fit into parts evenly."""
every_kind = pytest.mark.parametrize(("distribution", "count"), KINDS)


def grown(distribution: BaseDistribution, trials: int, seed: int = 0) -> list[Any]:
    """Values of trials one after another."""
    draw, tried = random.Random(seed), list[Any]()
    for _ in range(trials):
        tried.append(least_tried(distribution, tried, draw))
    return tried


@every_kind
def test_a_parameter_has_its_choices_or_eight_parts(
    distribution: BaseDistribution, count: int
) -> None:
    assert parts(distribution) == count


@every_kind
@given(seed=st.integers(0, 1000))
def test_values_are_the_distribution_s_own(
    distribution: BaseDistribution, count: int, seed: int
) -> None:
    for value in grown(distribution, 9, seed):
        assert distribution._contains(distribution.to_internal_repr(value))
        assert distribution.to_external_repr(distribution.to_internal_repr(value)) == value


@pytest.mark.parametrize(("distribution", "count"), KINDS[:-2])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_tried_again_before_every_part_was_tried(
    distribution: BaseDistribution, count: int, seed: int
) -> None:
    found = grown(distribution, 2 * count, seed)

    for begun in range(1, 2 * count + 1):
        times = Counter(part_of(distribution, value) for value in found[:begun])
        assert max(times.values()) - (min(times.values()) if len(times) == count else 0) <= 1


def test_values_outside_do_not_count() -> None:
    for distribution, value in (
        (RATES, "d"),
        (FloatDistribution(0, 1), 2.0),
        (FloatDistribution(0, 1), "a"),
        (IntDistribution(1, 3), None),
    ):
        assert part_of(distribution, value) is None


def test_trials_that_run_count_and_those_that_failed_do_not() -> None:
    study = optuna.create_study()
    states = {"a": TrialState.RUNNING, "b": TrialState.PRUNED, "c": TrialState.FAIL}
    for value, state in states.items():
        study.add_trial(
            create_trial(state=state, params={"rate": value}, distributions={"rate": RATES})
        )
    trial = study.get_trials()[0]

    drawn = {
        InitialDesign(seed).sample_independent(study, trial, "rate", RATES) for seed in range(9)
    }
    other = {
        InitialDesign(seed).sample_independent(study, trial, "other", RATES) for seed in range(30)
    }

    assert drawn == {"c"}
    assert other == {"a", "b", "c"}
