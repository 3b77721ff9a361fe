from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import AutoclueError
from autoclue.records import TrialState
from autoclue.search.stopping import Board, Standing
from autoclue.search.stopping.adaptive.exact_sum import ExactSum
from autoclue.search.stopping.board import rung_of

STEPS = (100, 200, 300, 400)
Reports = list[tuple[int, int, float]]
reports = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STEPS), st.floats(0, 1)))


def board_with(*trials: int) -> Board:
    board = Board()
    for number in trials:
        board.open(number, total_steps=400, evaluation_steps=STEPS, baseline=number == 0)
    return board


def test_best_at_a_fraction_counts_evaluations_at_or_before_it() -> None:
    board = board_with(1)
    for step, score in ((100, 0.2), (200, 0.5), (300, 0.4)):
        board.report(1, step, score)

    found = [board[1].best_at(fraction) for fraction in (0.24, 0.25, 0.49, 0.5, 0.75, 1)]

    assert found == [None, 0.2, 0.2, 0.5, 0.5, 0.5]
    assert (board[1].best, board[1].last_step) == (0.5, 300)


def test_rounding_does_not_hide_an_evaluation() -> None:
    board = Board()
    board.open(1, total_steps=10, evaluation_steps=(3, 10))
    board.report(1, 3, 0.5)

    assert board[1].best_at(0.3 - 1e-12) == 0.5
    assert board[1].best_at(0.3 - 1e-3) is None


def test_a_step_that_is_there_already_is_ignored() -> None:
    board = board_with(1)
    board.report(1, 100, 0.2)
    board.report(1, 100, 0.9)

    assert (board[1].steps, board[1].scores) == ([100], [0.2])


def test_a_late_report_of_an_earlier_step_takes_its_place() -> None:
    board = board_with(1)
    board.report(1, 300, 0.3)
    board.report(1, 100, 0.5)

    assert (board[1].steps, board[1].scores) == ([100, 300], [0.5, 0.3])
    assert board[1].standing(300) == Standing(300, 0.5, 0.4)
    assert board[1].standing(200) is None


def test_curves_come_by_number_whatever_the_order_of_opening() -> None:
    board = board_with(3, 0, 2)

    assert [curve.number for curve in board.curves] == [0, 2, 3]
    assert [curve.baseline for curve in board.curves] == [True, False, False]
    assert (len(board), 2 in board, 1 in board) == (3, True, False)


def test_opening_again_keeps_the_curve() -> None:
    board = board_with(1)
    board.report(1, 100, 0.2)
    board.open(1, total_steps=400, evaluation_steps=list(STEPS))

    assert board[1].scores == [0.2]


def test_opening_again_with_another_schedule_is_refused() -> None:
    board = board_with(1)

    with pytest.raises(AutoclueError, match=r"schedule of 400 updates and 4 .* now has 500 and 5"):
        board.open(1, total_steps=500, evaluation_steps=(*STEPS, 500))


def test_a_closed_trial_stays_a_comparator() -> None:
    board = board_with(1, 2)
    board.report(1, 100, 0.2)
    board.close(1, TrialState.FAIL)

    assert board[1].state is TrialState.FAIL
    assert set(board.reached(0.25, 1.5)) == {1}


def test_who_has_reached_a_rung_is_kept_up_to_date() -> None:
    board = board_with(1, 2)
    board.report(1, 100, 0.25)
    reached = board.reached(0.3, 2)
    assert dict(reached) == {}

    board.report(1, 200, 0.5)
    board.report(2, 200, 0.1)

    assert reached == {1: Standing(200, 0.5, 0.375), 2: Standing(200, 0.1, 0.1)}


def test_of_several_rungs_on_one_evaluation_the_highest_counts() -> None:
    board = board_with(1)
    board.report(1, 100, 0.2)

    assert rung_of(board, 1, (0.2, 0.22, 0.3), 1.5) == 0.22
    assert rung_of(board, 1, (0.3,), 1.5) is None
    assert rung_of(board_with(1), 1, (0.2,), 1.5) is None


@given(reports)
def test_the_order_of_reports_among_trials_leaves_no_trace(
    made: list[tuple[int, int, float]],
) -> None:
    first = {(number, step): score for number, step, score in reversed(made)}
    forward, backward = board_with(*range(5)), board_with(*reversed(range(5)))
    forward.reached(0.25, 1.5)

    for (number, step), score in first.items():
        forward.report(number, step, score)
    for (number, step), score in reversed(first.items()):
        backward.report(number, step, score)

    assert [(c.steps, c.scores) for c in forward.curves] == [
        (c.steps, c.scores) for c in backward.curves
    ]
    assert forward.reached(0.25, 1.5) == backward.reached(0.25, 1.5)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)), st.integers(0, 20))
def test_an_exact_sum_forgets_what_was_taken_from_it(numbers: list[float], taken: int) -> None:
    total = ExactSum()
    for number in [*numbers[:taken], *numbers[:taken], *numbers[taken:]]:
        total.add(number / 4)
    for number in numbers[:taken]:
        total.take(number / 4)
    assert float(total) == math.fsum(number / 4 for number in numbers[::-1])


def sums_of(board: Board) -> list[object]:
    complete = [c.progress for c in board.curves if c.state is TrialState.COMPLETE]
    seen = board.reached(0.5, 1.0).values()
    return [
        (len(complete), math.fsum(complete)),
        math.fsum(min(c.progress, 0.4) for c in board.curves),
        sorted(at.best for at in seen),
        [c.number for c in board.curves],
        noise_of(board),
    ]


def noise_of(board: Board) -> float:
    """The robust standard deviation of all residuals, from the curves alone."""
    found = [residual for curve in board.curves for residual in curve.residuals()]
    return 1.4826 * statistics.median(found) if len(found) >= 3 else 0.0


def kept_up_to_date(board: Board) -> list[object]:
    return [
        board.complete(),
        board.spent(0.4),
        [*board.ranked(0.5, 1.0)],
        [c.number for c in board.latest()][::-1],
        pytest.approx(board.noise(), abs=1e-15),
    ]


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

    assert board.noise() == pytest.approx(0, abs=1e-15)


def test_the_noise_is_the_deviation_of_scores_about_their_curve() -> None:
    board, draw = Board(), random.Random(5)
    steps = tuple(range(1, 41))
    for number in range(20):
        board.open(number, total_steps=40, evaluation_steps=steps)
        for step in steps:
            board.report(number, step, 1 - 0.9**step + draw.gauss(0, 0.02))

    assert board.noise() == pytest.approx(0.02, rel=0.15)


def test_two_residuals_are_too_few_to_know_the_noise() -> None:
    board = board_with(0)
    for step, score in zip(STEPS[:4], (0.1, 0.5, 0.2, 0.6), strict=True):
        board.report(0, step, score)

    assert len(board[0].residuals()) == 2
    assert board.noise() == 0
