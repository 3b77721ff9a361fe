from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.records import Stop, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.statistics.trials import (
    in_order_of_end,
    role,
    schedule_steps,
    score_at,
    searched_values,
    settings_line,
    steps_done,
)

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
SCORES = (0.3, 0.6, 0.5, 0.7)


@pytest.mark.parametrize(
    ("fraction", "score"), [(0.25, 0.3), (0.26, 0.6), (0.5, 0.6), (0.75, 0.6), (1.0, 0.7)]
)
def test_a_budget_counts_the_best_score_up_to_its_evaluation(
    trial: MakeTrial, fraction: float, score: float
) -> None:
    assert score_at(trial(0, SCORES, total_steps=400), fraction) == score


def test_a_budget_that_was_not_reached_has_no_score(trial: MakeTrial) -> None:
    running = trial(0, SCORES[:2], total_steps=400, state=TrialState.RUNNING)

    assert score_at(running, 0.5) == 0.6
    assert score_at(running, 0.51) is None


def test_a_stop_at_a_rung_counts_even_if_its_evaluation_lies_before(trial: MakeTrial) -> None:
    stop = Stop("low", 1 / 3, 100, 0.3, 0.4, 3)
    stopped = trial(0, (0.3,), total_steps=400, state=TrialState.PRUNED, stop=stop)

    assert score_at(stopped, 1 / 3) == 0.3
    assert score_at(stopped, 1.0) is None


def test_a_failed_trial_has_no_score_at_any_budget(trial: MakeTrial) -> None:
    assert score_at(trial(0, SCORES, state=TrialState.FAIL), 0.01) is None


def test_a_complete_trial_defines_its_own_schedule_if_nothing_else_does(trial: MakeTrial) -> None:
    running = TrialState.RUNNING

    assert schedule_steps(trial(0, SCORES, total_steps=None)) == 400
    assert schedule_steps(trial(0, SCORES, total_steps=None, state=running)) is None


def test_a_stop_between_evaluations_counts_its_steps(trial: MakeTrial) -> None:
    stop = Stop("time budget", None, 250, 0.6, None, 0)

    assert steps_done(trial(0, SCORES[:2], stop=stop)) == 250
    assert steps_done(trial(0)) == 0


def test_trials_are_ordered_by_end_and_running_ones_come_last(
    trial: MakeTrial, study: MakeStudy
) -> None:
    late = trial(0, ended_at="2026-01-05T10:00:00")
    early = trial(2, ended_at="2026-01-05T09:00:00")

    ordered = in_order_of_end(study(late, trial(1), early))

    assert [found.number for found in ordered] == [2, 0, 1]


def test_a_baseline_that_wins_is_the_winner(trial: MakeTrial, study: MakeStudy) -> None:
    baseline, other = trial(0, (0.7,), baseline=True), trial(1, (0.6,))
    record = study(baseline, other)

    assert [role(record, t) for t in record.trials] == ["winner", ""]
    assert role(study(baseline, trial(1, (0.8,))), baseline) == "baseline"


def test_a_baseline_outside_the_space_shows_the_settings_that_it_has(
    trial: MakeTrial, study: MakeStudy
) -> None:
    config = {"learning_rate": 3e-5, "seed": 42, "strategy_params": {"factor": 1.0}}
    baseline = trial(0, (0.5,), baseline=True, params={}, config=config)
    other = trial(1, (0.6,), params={"factor": 1.2, "learning_rate": 1e-4, "decay": 0.9})
    record = study(baseline, other)

    assert searched_values(record, baseline) == {"factor": 1.0, "learning_rate": 3e-5}
    assert settings_line(record, baseline) == "factor=1, learning_rate=3e-5"


def test_a_setting_that_a_searched_trial_lacks_stays_empty(
    trial: MakeTrial, study: MakeStudy
) -> None:
    lacking = trial(1, (0.6,), params={"batch_size": 16}, config={"batch_size": 16, "factor": 1.0})

    assert searched_values(study(trial(0, (0.5,)), lacking), lacking) == {"batch_size": 16}
