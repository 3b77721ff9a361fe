from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.records import TrialState
from autoclue.search.stopping import Board
from autoclue.search.stopping.adaptive.evidence import (
    LATENESS,
    RUNGS,
    Evidence,
    residuals,
    wobble_of,
)
from autoclue.search.stopping.adaptive.exact_sum import ExactSum

STEPS = (100, 200, 300, 400)
Reports = list[tuple[int, int, float]]
reports = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STEPS), st.floats(0, 1)))


def board_with(*trials: int) -> Board:
    board = Board()
    for number in trials:
        board.open(number, total_steps=400, evaluation_steps=STEPS, baseline=number == 0)
    return board


@given(st.lists(st.floats(-1e300, 1e300)), st.integers(0, 20))  # so that the sum is a float
def test_an_exact_sum_forgets_what_was_taken_from_it(numbers: list[float], taken: int) -> None:
    total = ExactSum()
    for number in [*numbers[:taken], *numbers[:taken], *numbers[taken:]]:
        total.add(number)
    for number in numbers[:taken]:
        total.take(number)
    assert float(total) == math.fsum(number for number in numbers[::-1])


def sums_of(board: Board) -> list[object]:
    complete = [c.progress for c in board.curves if c.state is TrialState.COMPLETE]
    seen = board.reached(RUNGS[-1], LATENESS).values()
    return [
        (len(complete), math.fsum(complete)),
        math.fsum(min(c.progress, RUNGS[3]) for c in board.curves),
        sorted(at.best for at in seen),
        noise_of(board),
    ]


def noise_of(board: Board) -> float:
    """The robust standard deviation of all residuals, from the curves alone."""
    found = [residual for curve in board.curves for residual in residuals(curve)]
    return 1.4826 * statistics.median(found) if len(found) >= 3 else 0.0


def kept_up_to_date(board: Board) -> list[object]:
    evidence = board.statistic(Evidence)
    return [
        evidence.complete(),
        evidence.spent(RUNGS[3]),
        [*evidence.ranked(RUNGS[-1])],
        pytest.approx(evidence.noise(), abs=1e-15),
    ]


def far_of(board: Board, progress: float) -> list[int]:
    complete = TrialState.COMPLETE
    return [c.number for c in board.curves if c.state is complete or c.progress >= progress]


@given(reports, reports, st.sets(st.integers(0, 4)), st.integers(0, 4))
def test_who_has_gone_far_is_known_whatever_came_before(
    early: Reports, late: Reports, complete: set[int], changed: int
) -> None:
    board = board_with(*range(5))
    evidence = board.statistic(Evidence)
    for place, progress in enumerate((0.5, 0.5, 0.75, 0.6)):
        for report in (early, late, early[::-1], late)[place]:
            board.report(*report)
        assert evidence.far(progress) == far_of(board, progress)
        for number in complete if place == 1 else ():
            board.close(number, TrialState.COMPLETE)
        board.reschedule(changed, total_steps=360 + 80 * place, evaluation_steps=STEPS)
        assert evidence.far(progress) == far_of(board, progress)


@given(reports, reports, st.sets(st.integers(0, 4)), st.integers(0, 4))
def test_sums_and_ranks_are_those_of_the_curves_whatever_came_before(
    early: Reports, late: Reports, complete: set[int], changed: int
) -> None:
    board = board_with(*range(5))
    for report in early:
        board.report(*report)
    assert kept_up_to_date(board) == sums_of(board)
    for number in complete:
        board.close(number, TrialState.COMPLETE)
    board.reschedule(changed, total_steps=360, evaluation_steps=STEPS)
    for report in late:
        board.report(*report)
    assert kept_up_to_date(board) == sums_of(board)


def test_scores_on_lines_have_no_noise_wherever_they_are_evaluated() -> None:
    board = Board()
    for number, slope in enumerate((0.1, -0.2)):
        board.open(number, total_steps=100, evaluation_steps=(10, 20, 50, 60, 100))
        for step in (10, 20, 50, 60, 100):
            board.report(number, step, 0.3 + slope * step / 100)

    assert board.statistic(Evidence).noise() == pytest.approx(0, abs=1e-15)


def test_the_noise_is_the_deviation_of_scores_about_their_curve() -> None:
    board, draw = Board(), random.Random(5)
    steps = tuple(range(1, 41))
    for number in range(20):
        board.open(number, total_steps=40, evaluation_steps=steps)
        for step in steps:
            board.report(number, step, 1 - 0.9**step + draw.gauss(0, 0.02))

    assert board.statistic(Evidence).noise() == pytest.approx(0.02, rel=0.15)


def test_two_residuals_are_too_few_to_know_the_noise() -> None:
    board = board_with(0)
    for step, score in zip(STEPS[:4], (0.1, 0.5, 0.2, 0.6), strict=True):
        board.report(0, step, score)

    assert len(residuals(board[0])) == 2
    assert board.statistic(Evidence).noise() == 0


def test_the_wobble_of_given_curves_is_the_noise_of_their_residuals() -> None:
    straight = {step: step / 100 for step in range(10, 60, 10)}
    off = 0.03 * math.sqrt(1.5)
    assert wobble_of([straight] * 3) == pytest.approx(0.0, abs=1e-12)
    assert wobble_of([]) == wobble_of([{10: 0.5}]) == 0.0
    bent = {10: 0.1, 20: 0.2 + off, 30: 0.3}
    assert wobble_of([bent] * 3) == pytest.approx(1.4826 * 0.03)
