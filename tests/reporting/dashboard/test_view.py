from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import optuna
import pytest
from optuna.trial import TrialState as OptunaState

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.dashboard.view import DashboardStudy

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def shown(view: DashboardStudy) -> optuna.Study:
    (name,) = optuna.get_all_study_names(view.storage)
    return optuna.load_study(study_name=name, storage=view.storage)


def test_trials_are_shown_with_their_states_scores_and_settings(demo: StudyRecord) -> None:
    study = shown(DashboardStudy(demo))
    assert study.metric_names == ["accuracy"]
    assert [t.state.name for t in study.trials] == [t.state.value for t in demo.trials]
    assert demo.winner is not None
    assert study.best_trial.number == demo.winner.number
    assert study.best_value == demo.winner.best_score
    assert study.trials[0].params == demo.trials[0].params
    assert study.trials[0].intermediate_values[100] == demo.trials[0].evaluations[0].score


def test_attributes_are_words_and_numbers(full: StudyRecord) -> None:
    study = shown(DashboardStudy(full))
    assert study.user_attrs["task"] == "xnli"
    assert "trial 14 scored 71.18%" in study.user_attrs["verdict"]
    told = [trial.user_attrs for trial in study.trials]
    assert [told[0]["role"], told[14]["role"]] == ["baseline", "winner"]
    assert (told[14]["steps"], told[14]["best score"]) == (1800, 0.7263)
    assert told[9]["why it ended"].startswith("train_loss is nan")
    assert {type(value) for each in told for value in each.values()} <= {str, int, float}


def test_what_happens_later_is_taken_over(trial: MakeTrial, study: MakeStudy) -> None:
    before = study(trial(0, (0.4,), state=TrialState.RUNNING))
    view = DashboardStudy(before)
    view.update(study(trial(0, (0.4, 0.6)), trial(1, (0.5,), state=TrialState.RUNNING)))
    first, second = shown(view).trials
    assert (first.state, first.value, len(first.intermediate_values)) == (
        OptunaState.COMPLETE, 0.6, 2,
    )  # fmt: skip
    assert (second.state, second.user_attrs["steps"]) == (OptunaState.RUNNING, 100)


@pytest.mark.parametrize("state", [TrialState.PRUNED, TrialState.FAIL])
def test_only_a_complete_trial_has_a_value(
    trial: MakeTrial, study: MakeStudy, state: TrialState
) -> None:
    record = study(replace(trial(0, (0.4,), state=state)))
    assert shown(DashboardStudy(record)).trials[0].value is None
