from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.records import Stop, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.curves import (
    learning_curves_figure,
    learning_curves_info,
)

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_fractions_are_of_the_trials_own_schedule(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.4, 0.5), total_steps=200), trial(1, (0.4, 0.5), total_steps=800))

    curves = learning_curves_info(record).curves

    assert [curve.fractions for curve in curves] == [(0.5, 1.0), (0.125, 0.25)]
    assert [curve.steps for curve in curves] == [(100, 200)] * 2


def test_a_curve_that_was_cut_says_why(trial: MakeTrial, study: MakeStudy) -> None:
    stop = Stop("0.4 is below the cutoff 0.5", 1 / 9, 100, 0.4, 0.5, 4)
    record = study(
        trial(0, (0.4,), state=TrialState.PRUNED, stop=stop),
        trial(1, (0.4,), state=TrialState.FAIL, failure="train_loss is nan at step 9"),
        trial(2, (0.4,)),
    )

    ends = [curve.end for curve in learning_curves_info(record).curves]

    assert ends == ["0.4 is below the cutoff 0.5", "train_loss is nan at step 9", None]


def test_trials_without_a_curve_are_counted(trial: MakeTrial, study: MakeStudy) -> None:
    running = TrialState.RUNNING
    record = study(trial(0, (0.4,)), trial(1, state=running), trial(2, state=running))

    info = learning_curves_info(record)

    assert info.left_out == 2
    assert info.note == "2 trials without any evaluation yet can't be drawn."


def test_rungs_below_the_end_are_lines_named_as_percentages(demo: StudyRecord) -> None:
    figure = learning_curves_figure(learning_curves_info(demo))

    assert [shape.x0 for shape in figure.layout.shapes] == pytest.approx([1 / 9, 1 / 3])
    assert [note.text for note in figure.layout.annotations] == ["rung 11%", "rung 33%"]


def test_rungs_too_close_to_be_named_keep_their_lines(demo: StudyRecord) -> None:
    info = replace(learning_curves_info(demo), rungs=(1 / 30, 1 / 17, 1 / 10, 0.5))
    layout = learning_curves_figure(info).layout
    assert [note.text for note in layout.annotations] == ["rung 10%", "rung 50%"]
    assert len(layout.shapes) == 4


def test_stops_carry_their_reason_on_hover(demo: StudyRecord) -> None:
    figure = learning_curves_figure(learning_curves_info(demo))
    ends = next(trace for trace in figure.data if trace.name == "stopped early: why")

    assert len(ends.x) == 7
    assert all("below the cutoff" in text for text in ends.hovertext)


def test_winner_and_baseline_are_drawn_last(demo: StudyRecord) -> None:
    figure = learning_curves_figure(learning_curves_info(demo))

    assert [trace.name for trace in figure.data][-3:-1] == ["baseline", "winner"]


def test_curves_end_in_the_numbers_of_their_trials(demo: StudyRecord) -> None:
    numbers = learning_curves_figure(learning_curves_info(demo)).data[-1]
    written = dict(zip((int(text) for text in numbers.text), numbers.x, strict=True))

    assert (written[14], written[0]) == (1.0, 1.0)
    assert set(written) <= {trial.number for trial in demo.trials}
