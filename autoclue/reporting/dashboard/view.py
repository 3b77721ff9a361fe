"""A study as an Optuna study in memory: its trials, and attributes in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from autoclue.records import Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.conclusions import verdict
from autoclue.reporting.drawing import Axis, study_axes
from autoclue.reporting.sections import summary_info
from autoclue.reporting.statistics import quiet_optuna, role, schedule_steps, steps_done
from autoclue.reporting.wording import value_text

if TYPE_CHECKING:
    import optuna

LEFT_OUT = frozenset({"command"})
"""Settings of a study that the dashboard needs no attribute for."""


class DashboardStudy:
    """The copy that a dashboard shows; what is done to it changes no ledger.

    Attributes:
        storage: Where the copy is.
    """

    def __init__(self, study: StudyRecord) -> None:
        """Copy a study as it stands."""
        import optuna

        self.storage = optuna.storages.InMemoryStorage()
        with quiet_optuna():
            made = optuna.create_study(
                storage=self.storage, study_name=study.name, direction="maximize"
            )
            made.set_metric_names([study.metric])
        self._study_id = self.storage.get_study_id_from_name(study.name)
        self._ids: dict[int, int] = {}
        self.update(study)

    def update(self, study: StudyRecord) -> None:
        """Take over what has happened since."""
        for name, value in _about_study(study).items():
            self.storage.set_study_user_attr(self._study_id, name, value)
        axes = {axis.name: axis for axis in study_axes(study)}
        for trial in study.trials:
            if trial.number not in self._ids:
                made = self.storage.create_new_trial(self._study_id, _frozen(study, trial, axes))
                self._ids[trial.number] = made
            elif not self.storage.get_trial(self._ids[trial.number]).state.is_finished():
                self._go_on(study, trial)

    def _go_on(self, study: StudyRecord, trial: TrialRecord) -> None:
        """Add to a trial that was running what it has done."""
        own = self._ids[trial.number]
        for evaluation in trial.evaluations:
            self.storage.set_trial_intermediate_value(own, evaluation.step, evaluation.score)
        for name, value in _about_trial(study, trial).items():
            self.storage.set_trial_user_attr(own, name, value)
        if trial.state is not TrialState.RUNNING:
            score = _value(trial)
            self.storage.set_trial_state_values(
                own, _state(trial), None if score is None else [score]
            )


def _state(trial: TrialRecord) -> optuna.trial.TrialState:
    import optuna

    return optuna.trial.TrialState[trial.state.value]


def _value(trial: TrialRecord) -> float | None:
    return trial.best_score if trial.state is TrialState.COMPLETE else None


def _frozen(
    study: StudyRecord, trial: TrialRecord, axes: dict[str, Axis]
) -> optuna.trial.FrozenTrial:
    import optuna

    made = optuna.trial.create_trial(
        state=_state(trial),
        value=_value(trial),
        params=dict(trial.params),
        distributions={name: _distribution(axes[name]) for name in trial.params},
        user_attrs=_about_trial(study, trial),
        intermediate_values={each.step: each.score for each in trial.evaluations},
    )
    made.datetime_start = _time(trial.started_at)
    made.datetime_complete = None if trial.state is TrialState.RUNNING else _time(trial.ended_at)
    return made


def _time(written: str | None) -> datetime | None:
    """Return a time of the ledger as Optuna has it: that of this machine, without a zone."""
    if written is None:
        return None
    return datetime.fromisoformat(written).astimezone().replace(tzinfo=None)


def _distribution(axis: Axis) -> optuna.distributions.BaseDistribution:
    from optuna import distributions as d

    if axis.choices:
        return d.CategoricalDistribution(axis.choices)
    if axis.integer:
        return d.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return d.FloatDistribution(axis.low, axis.high, log=axis.log)


def _about_study(study: StudyRecord) -> dict[str, Scalar]:
    """Describe the study in words, the verdict first."""
    asked = {name: value_text(each) for name, each in study.settings.items() if each is not None}
    return {
        "verdict": verdict(summary_info(study)),
        **{name: text for name, text in asked.items() if name not in LEFT_OUT},
    }


def _about_trial(study: StudyRecord, trial: TrialRecord) -> dict[str, Scalar]:
    """Describe a trial by what a table can sort, and its end in words."""
    total = schedule_steps(trial)
    why = trial.failure or (trial.stop.reason if trial.stop is not None else None)
    tested = None if trial.test_score is None else trial.test_score.score
    found: dict[str, Scalar] = {
        "role": role(study, trial) or None,
        "best score": None if trial.best_score is None else round(trial.best_score, 4),
        "best at step": None if trial.best is None else trial.best.step,
        "steps": steps_done(trial),
        "steps of its schedule": None if total is None else round(total),
        "seconds": round(trial.seconds, 1),
        "test score": None if tested is None else round(tested, 4),
        "why it ended": why,
    }
    return {name: value for name, value in found.items() if value is not None}
