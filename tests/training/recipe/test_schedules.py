from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.training.recipe.schedules import (
    SCHEDULES,
    linear,
    make_schedule,
    plateau,
    slanted_triangular,
)


def test_linear_rises_from_zero_and_falls_to_zero() -> None:
    schedule = linear(10, 0.2)
    rates = [schedule(step) for step in range(11)]
    assert rates == [0.0, 0.5, *(k / 8 for k in range(8, -1, -1))]


def test_linear_without_warmup_begins_at_the_base_rate() -> None:
    schedule = linear(4, 0.0)
    assert [schedule(step) for step in range(5)] == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_linear_keeps_a_fraction_in_the_total_steps() -> None:
    # CSL at batch 64 in two micro batches: 625 * 5 / 2 steps; floor(0.1 T) = 156 warm up
    schedule = linear(1562.5, 0.1)
    assert schedule(155) == 155 / 156
    assert schedule(156) == 1.0
    assert schedule(1560) == 2.5 / 1406.5
    assert schedule(1563) == 0.0


@pytest.mark.paddle
@pytest.mark.parametrize("total_steps", [7, 1562.5, 3000])
def test_linear_equals_the_class_that_the_published_script_uses(total_steps: float) -> None:
    optimization = pytest.importorskip("paddlenlp.transformers.optimization")
    theirs = optimization.LinearDecayWithWarmup(3e-5, total_steps, 0.1)
    ours = linear(total_steps, 0.1)
    for step in range(math.ceil(total_steps) + 2):
        assert theirs() == 3e-5 * ours(step)
        theirs.step()


def test_the_slanted_triangle_has_its_corners() -> None:
    schedule = slanted_triangular(100, cut_fraction=0.1, ratio=32)
    assert schedule(0) == 1 / 32
    assert schedule(10) == 1.0
    assert schedule(55) == (1 + 0.5 * 31) / 32
    assert schedule(100) == 1 / 32


@pytest.mark.parametrize(
    ("total_steps", "cut_fraction"), [(9, 0.1), (100, 0.0), (100, 1.0), (0.5, 0.9)]
)
def test_a_slanted_triangle_without_room_is_an_error(
    total_steps: float, cut_fraction: float
) -> None:
    with pytest.raises(UsageError, match="no room for its rise or its fall"):
        slanted_triangular(total_steps, cut_fraction)


@pytest.mark.parametrize("ratio", [0.5, math.inf, math.nan])
def test_a_ratio_below_one_is_an_error(ratio: float) -> None:
    with pytest.raises(UsageError, match=r"ratio is .* must be 1 or more"):
        slanted_triangular(100, ratio=ratio)


def test_the_plateau_drops_at_once_to_the_straight_line_to_zero() -> None:
    schedule = plateau(100)
    assert [schedule(step) for step in range(11)] == [*(k / 10 for k in range(10)), 0.9]
    assert {schedule(step) for step in range(10, 90)} == {0.9}
    assert schedule(90) == pytest.approx(0.1)
    assert schedule(95) == pytest.approx(0.05)
    assert schedule(100) == 0.0


def test_the_plateau_without_warmup_is_the_base_rate() -> None:
    schedule = plateau(10, 0.0)
    assert {schedule(step) for step in range(9)} == {1.0}


def test_the_plateau_after_a_single_warmup_update_is_zero() -> None:
    # PaddleHub keeps the last value of the warm-up, (w - 1) / w, which is 0 for w = 1.
    schedule = plateau(15, 0.1)
    assert {schedule(step) for step in range(13)} == {0.0}
    assert schedule(13) == pytest.approx(2 / 15)


def test_the_plateau_never_drops_before_the_warmup_ends() -> None:
    schedule = plateau(10, 0.5, start_point=0.2)
    assert [schedule(4), schedule(5)] == [0.8, 0.5]


@given(
    name=st.sampled_from(SCHEDULES),
    total_steps=st.floats(20.0, 5000.0),
    warmup_proportion=st.floats(0.1, 0.5),
    part=st.floats(0.0, 1.2),
)
def test_every_multiplier_is_from_0_to_1(
    name: str, total_steps: float, warmup_proportion: float, part: float
) -> None:
    schedule = make_schedule(name, total_steps=total_steps, warmup_proportion=warmup_proportion)
    assert 0.0 <= schedule(int(total_steps * part)) <= 1.0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear", linear(50, 0.2)),
        ("slanted_triangular", slanted_triangular(50, 0.2)),
        ("plateau", plateau(50, 0.2)),
    ],
)
def test_a_schedule_is_made_by_name(name: str, expected: object) -> None:
    made = make_schedule(name, total_steps=50, warmup_proportion=0.2)
    assert callable(expected)
    assert [made(step) for step in range(50)] == [expected(step) for step in range(50)]


def test_an_unknown_schedule_lists_close_matches() -> None:
    with pytest.raises(UsageError, match=r"Unknown schedule 'plato'.*Did you mean plateau"):
        make_schedule("plato", total_steps=10, warmup_proportion=0.1)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    ("total_steps", "warmup_proportion", "message"),
    [
        (0, 0.1, "total_steps is 0; it must be above 0"),
        (math.nan, 0.1, "total_steps is nan"),
        (10, -0.1, "is -0.1; it must be from 0 to 1"),
        (10, 1.5, "is 1.5; it must be from 0 to 1"),
    ],
)
def test_a_figure_out_of_range_is_an_error(
    name: str, total_steps: float, warmup_proportion: float, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make_schedule(name, total_steps=total_steps, warmup_proportion=warmup_proportion)
