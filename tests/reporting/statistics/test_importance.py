from __future__ import annotations

import numpy as np
import pytest

from autoclue.reporting.statistics.importance import (
    Column,
    Importance,
    _estimate,
    _ranked,
    estimate_importance,
)

Estimates = list[dict[str, float]]


def column(name: str, values: list[float]) -> Column:
    return Column(name, (), 0.0, 1.0, False, False, tuple(values), (True,) * len(values))


def ranks(found: tuple[Importance, ...]) -> dict[str, tuple[int, int]]:
    return {row.name: (row.rank_low, row.rank_high) for row in found}


@pytest.fixture(scope="module")
def clear() -> tuple[Importance, ...]:
    """Twenty trials whose score is one parameter's value, beside two that do nothing."""
    rng = np.random.default_rng(3)
    drawn = {name: [float(v) for v in rng.uniform(0, 1, 20)] for name in ("idle", "made", "idler")}
    columns = tuple(column(name, values) for name, values in drawn.items())
    return estimate_importance(columns, tuple(drawn["made"]))[0]


def test_the_parameter_that_makes_the_score_is_certain_to_be_first(
    clear: tuple[Importance, ...],
) -> None:
    assert clear[0].name == "made"
    assert ranks(clear)["made"] == (1, 1)


def test_parameters_that_do_nothing_share_a_rank(clear: tuple[Importance, ...]) -> None:
    assert ranks(clear)["idle"] == ranks(clear)["idler"] == (2, 3)


def test_shares_lie_within_their_spread(clear: tuple[Importance, ...]) -> None:
    assert all(0 <= row.low <= row.share <= row.high <= 1 for row in clear)
    assert sum(row.share for row in clear) == pytest.approx(1)


def test_the_same_trials_give_the_same_numbers() -> None:
    made = column("x", [0.1 * i for i in range(10)]), column("y", [0.1, 0.7] * 5)
    scores = tuple(0.1 * i for i in range(10))
    _estimate.cache_clear()
    first = estimate_importance(made, scores)
    _estimate.cache_clear()
    assert estimate_importance(made, scores) == first


@pytest.mark.parametrize(("agreeing", "places"), [(18, (1, 1)), (17, (1, 2))])
def test_nine_tenths_of_the_estimates_must_agree(agreeing: int, places: tuple[int, int]) -> None:
    estimates: Estimates = [{"a": 0.6, "b": 0.4}] * agreeing
    estimates += [{"a": 0.4, "b": 0.6}] * (20 - agreeing)
    assert ranks(_ranked({"a": 0.55, "b": 0.45}, estimates))["a"] == places


def test_the_spread_leaves_out_the_most_extreme_tenth() -> None:
    estimates: Estimates = [{"a": 0.01 * i, "b": 0.0} for i in range(20)]
    row = _ranked({"a": 0.1, "b": 0.0}, estimates)[0]
    assert [row.low, row.high] == pytest.approx([0.01, 0.18])
