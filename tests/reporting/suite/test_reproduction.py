from __future__ import annotations

import math

import pytest

from autoclue.reporting import Reproduction, ReproductionVerdict

RIGHT = (0.801, 0.797, 0.803)
"""Trainings of a score of 0.8 on 3,000 examples, whose sampling error is 2.0 points."""


def test_a_right_row_is_reproduced_and_one_wrong_by_four_points_is_not() -> None:
    assert Reproduction(0.80, RIGHT, 3000).verdict is ReproductionVerdict.REPRODUCED
    assert Reproduction(0.84, RIGHT, 3000).verdict is ReproductionVerdict.NOT_REPRODUCED
    assert Reproduction(0.76, RIGHT, 3000).verdict is ReproductionVerdict.NOT_REPRODUCED


@pytest.mark.parametrize(
    ("scores", "examples"),
    [((0.801,), 3000), ((0.78, 0.83, 0.80), 3000), ((0.79, 0.81), 3000)],
    ids=["one seed", "seeds that differ much", "two seeds"],
)
def test_what_seeds_leave_open_is_not_told_apart(scores: tuple[float, ...], examples: int) -> None:
    found = Reproduction(0.80, scores, examples)
    assert found.verdict is ReproductionVerdict.NOT_TOLD_APART


def test_tolerance_is_derived_from_examples_and_seeds() -> None:
    alone = Reproduction(0.80, (0.8,), 3000)
    assert alone.tolerance == pytest.approx(1.959964 * math.sqrt(2 * 0.16 / 3000))
    several = Reproduction(0.80, (0.79, 0.80, 0.81), 3000)
    spread = 4.302653 * 0.01 * math.sqrt(4 / 3)
    assert several.tolerance == pytest.approx(math.hypot(alone.tolerance, spread))


def test_the_sentence_has_verdict_figures_and_where_the_tolerance_comes_from() -> None:
    assert Reproduction(0.84, RIGHT, 3000).sentence() == (
        "not reproduced: 80.03 over 3 seeds, published 84.00, difference -3.97; tolerance 2.40 by "
        "the sampling error of 3,000 examples and the spread of the seeds."
    )
