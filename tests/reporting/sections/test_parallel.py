from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.parallel import parallel_figure, parallel_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_lines_cross_each_axis_at_their_setting(trial: MakeTrial, study: MakeStudy) -> None:
    space = {"parameters": {"lr": {"float": [1e-5, 1e-3], "log": True}, "bs": {"choice": [8, 16]}}}
    record = study(
        trial(0, (0.5,), params={"lr": 1e-4, "bs": 8}),
        trial(1, (0.7,), params={"lr": 1e-5, "bs": 16}),
        space=space,
    )

    info = parallel_info(record)

    assert [axis.name for axis in info.dimensions] == ["lr", "bs", "accuracy, %"]
    assert info.lines[0].positions == pytest.approx((0.5, 0, 0))
    assert info.lines[1].positions == pytest.approx((0, 1, 1))


def test_a_setting_that_never_changes_has_no_axis(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(
        trial(0, (0.5,), params={"x": 1, "same": 3}), trial(1, (0.7,), params={"x": 2, "same": 3})
    )

    assert [axis.name for axis in parallel_info(record).dimensions] == ["x", "accuracy, %"]


def test_a_conditional_setting_leaves_a_gap(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(
        trial(0, (0.5,), params={"x": 1}), trial(1, (0.6,), params={"x": 2, "y": 1.0}),
        trial(2, (0.7,), params={"x": 3, "y": 2.0}),
    )  # fmt: skip

    assert parallel_info(record).lines[0].positions[1] is None


def test_the_best_quarter_of_complete_trials_is_strong(trial: MakeTrial, study: MakeStudy) -> None:
    trials = [trial(i, (0.1 * i,), params={"x": i}) for i in range(8)]
    pruned = trial(8, (0.99,), params={"x": 9}, state=TrialState.PRUNED)

    strong = [line.number for line in parallel_info(study(*trials, pruned)).lines if line.strong]

    assert strong == [6, 7]


def test_one_trial_is_not_enough(trial: MakeTrial, study: MakeStudy) -> None:
    assert (parallel_info(study(trial(0, (0.5,)))).missing or "").startswith("Not enough trials")


def test_stopped_trials_are_dotted_and_complete_ones_solid(demo: StudyRecord) -> None:
    figure = parallel_figure(parallel_info(demo))
    dashes = {trace.name: trace.line.dash for trace in figure.data}

    assert dashes["stopped early"] == "dot"
    assert dashes["complete"] == "solid"
    assert [trace.name for trace in figure.data][-3:-1] == ["baseline", "winner"]
    assert {"14", "0"} <= set(figure.data[-1].text)


def test_a_baseline_outside_the_space_keeps_its_line(trial: MakeTrial, study: MakeStudy) -> None:
    config = {"lr": 1e-2, "seed": 42}
    baseline = trial(0, (0.5,), params={}, config=config, baseline=True)
    others = [trial(i, (0.6,), params={"lr": 10.0**-i}) for i in (4, 5)]
    space = {"parameters": {"lr": {"float": [1e-5, 1e-3], "log": True}}}

    info = parallel_info(study(baseline, *others, space=space))

    assert info.lines[0].positions[0] == pytest.approx(1.0)
    assert info.lines[1].positions[0] == pytest.approx(1 / 3)


def test_names_of_neighbouring_axes_stand_at_different_heights(demo: StudyRecord) -> None:
    info = parallel_info(demo)
    heads = [n for n in parallel_figure(info).layout.annotations if n.text.startswith("<b>")]

    assert len(heads) == len(info.dimensions)
    assert all(a.y != b.y for a, b in pairwise(heads))
