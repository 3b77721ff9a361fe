from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import AutoclueError
from autoclue.records import TrialState
from autoclue.search.stopping import Board, Curve, Standing
from autoclue.search.stopping.board import rung_of

STEPS = (100, 200, 300, 400)
reports = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STEPS), st.floats(0, 1)))


def board_with(*trials: int) -> Board:
    board = Board()
    for number in trials:
        board.open(number, total_steps=400, evaluation_steps=STEPS, baseline=number == 0)
    return board


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

    with pytest.raises(AutoclueError, match=r"schedule of 400 steps and 4 .* now has 500 and 5"):
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


class Told:
    """A statistic that notes what it is told."""

    def __init__(self) -> None:
        self.of: list[tuple[int, int]] = []

    def changed(self, board: Board, curve: Curve) -> None:
        assert board[curve.number] is curve
        self.of.append((curve.number, len(curve.steps)))


def test_a_statistic_is_told_of_every_curve_and_of_every_change() -> None:
    board = board_with(1, 2)
    board.report(2, 100, 0.5)
    told = board.statistic(Told)
    board.report(1, 100, 0.5)
    board.report(1, 100, 0.7)
    board.close(1, TrialState.COMPLETE)

    assert told.of == [(1, 0), (2, 1), (1, 1), (1, 1)]
    assert board.statistic(Told) is told
    assert board_with().statistic(Told) is not told
