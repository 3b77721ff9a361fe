from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.history import history_figure, history_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_only_complete_trials_raise_the_best_score(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(
        trial(0, (0.5,), ended_at="1", baseline=True),
        trial(1, (0.9,), ended_at="2", state=TrialState.PRUNED),
        trial(2, (0.4,), ended_at="3"),
        trial(3, (0.6,), ended_at="4"),
        trial(4, (), state=TrialState.RUNNING),
    )

    info = history_info(record)

    assert [point.best_so_far for point in info.points] == [0.5, 0.5, 0.5, 0.6, 0.6]
    assert info.baseline_score == 0.5


def test_points_follow_the_order_of_end(trial: MakeTrial, study: MakeStudy) -> None:
    info = history_info(study(trial(0, (0.5,), ended_at="2"), trial(1, (0.6,), ended_at="1")))

    assert [(p.order, p.number, p.best_so_far) for p in info.points] == [(1, 1, 0.6), (2, 0, 0.6)]


def test_the_part_of_the_schedule_that_was_done_is_known(
    trial: MakeTrial, study: MakeStudy
) -> None:
    info = history_info(study(trial(0, (0.5,), total_steps=400), trial(1, total_steps=None)))

    assert [point.fraction_done for point in info.points] == [0.25, None]


def test_an_unfinished_baseline_draws_no_line(trial: MakeTrial, study: MakeStudy) -> None:
    baseline = trial(0, (0.5,), baseline=True, state=TrialState.PRUNED)

    assert history_info(study(baseline)).baseline_score is None


def test_a_trial_without_a_score_stands_below_all_others(
    trial: MakeTrial, study: MakeStudy
) -> None:
    record = study(
        trial(0, (0.5,)), trial(1, (0.7,)), trial(2, failure="x", state=TrialState.FAIL)
    )

    figure = history_figure(history_info(record))
    failed = next(trace for trace in figure.data if trace.name == "failed")

    assert failed.y[0] == pytest.approx(50 - 0.06 * 20)
    assert "no score" in failed.hovertext[0]


def test_every_state_has_a_trace_and_the_winner_its_own(demo: StudyRecord) -> None:
    names = [trace.name for trace in history_figure(history_info(demo)).data]

    assert names[:4] == ["best so far", "complete", "stopped early", "failed"]
    assert any(str(name).startswith("winner 72.63%") for name in names)
