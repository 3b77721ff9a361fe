from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.failures import Failure, Setback, failures_figure, failures_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_failures_carry_their_settings_step_and_reason(trial: MakeTrial, study: MakeStudy) -> None:
    failed = trial(
        3, (0.4, 0.5), params={"learning_rate": 1e-3}, failure="it broke", state=TrialState.FAIL
    )

    assert failures_info(study(trial(0, (0.5,)), failed)).failures == (
        Failure(3, "learning_rate=0.001", 200, "it broke"),
    )


def test_setbacks_of_trials_that_went_on_are_told(trial: MakeTrial, study: MakeStudy) -> None:
    lucky = replace(trial(0, (0.5,)), deaths=("It was killed.",), change="memory ran out")
    failed = replace(trial(1, state=TrialState.FAIL), deaths=("It was killed.",), log="train.log")

    info = failures_info(study(lucky, failed))

    assert info.setbacks == (Setback(0, "It was killed."), Setback(0, "memory ran out"))
    assert [(failure.number, failure.log) for failure in info.failures] == [(1, "train.log")]


def test_setbacks_alone_are_no_missing_section(trial: MakeTrial, study: MakeStudy) -> None:
    info = failures_info(study(replace(trial(0, (0.5,)), deaths=("It was killed.",))))

    assert (info.failures, info.missing) == ((), None)


def test_a_failure_without_a_reason_says_so(trial: MakeTrial, study: MakeStudy) -> None:
    info = failures_info(study(trial(0, state=TrialState.FAIL)))

    assert info.failures[0].reason == "no reason recorded"


def test_markup_in_a_reason_is_plain_text_in_the_figure(
    trial: MakeTrial, study: MakeStudy
) -> None:
    failed = trial(0, state=TrialState.FAIL, failure="<b>x</b>")
    table = failures_figure(failures_info(study(failed))).data[0]

    assert table.cells["values"][3][0] == "&lt;b&gt;x&lt;/b&gt;"
