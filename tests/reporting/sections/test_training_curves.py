from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from autoclue.records import StudyRecord
from autoclue.reporting.sections.curves.training_curves import (
    PANELS,
    training_curves_figure,
    training_curves_info,
)


def test_winner_and_baseline_have_a_curve_with_every_value(demo: StudyRecord) -> None:
    info = training_curves_info(demo)
    assert demo.winner is not None
    assert {curve.role: curve.number for curve in info.curves} == {
        "winner": demo.winner.number,
        "baseline": 0,
    }
    (curve,) = [c for c in info.curves if c.role == "winner"]
    assert curve.values["dev_loss"] == tuple(e.dev_loss for e in demo.winner.evaluations)
    assert curve.fractions[-1] == 1.0
    assert set(curve.values) == {name for name, _ in PANELS}


def test_a_baseline_that_won_is_drawn_once(demo: StudyRecord) -> None:
    info = training_curves_info(replace(demo, trials=demo.trials[:1]))
    assert [(curve.number, curve.role) for curve in info.curves] == [(0, "winner")]


def test_each_panel_has_an_axis_of_its_own(demo: StudyRecord) -> None:
    figure = training_curves_figure(training_curves_info(demo))
    assert [trace.yaxis for trace in figure.data] == ["y", "y2", "y3", "y4"] * 2
    assert [trace.showlegend for trace in figure.data] == [True, False, False, False] * 2
    domains = [figure.layout[f"yaxis{n}"].domain for n in ("", "2", "3", "4")]
    assert all(above[0] > below[1] for above, below in pairwise(domains))
    assert [note.text for note in figure.layout.annotations] == [title for _, title in PANELS]


def test_a_study_without_evaluations_says_so(demo: StudyRecord) -> None:
    assert training_curves_info(replace(demo, trials=())).missing is not None
