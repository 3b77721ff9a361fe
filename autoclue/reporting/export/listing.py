"""A study's trials for a terminal: how far each is from the baseline, in score and settings."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records import Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.statistics import (
    role,
    schedule_steps,
    searched_values,
    settings,
    steps_done,
)


@dataclass(frozen=True, slots=True)
class ListedTrial:
    """A trial in the list of its study.

    Attributes:
        number: The trial's number.
        role: "winner", "baseline", or empty.
        state: Where it stands.
        score: Its best score, in [0, 1]; ``None`` before any evaluation.
        difference: The same less the baseline's; ``None`` where either is missing.
        done: The part of its schedule that it has done, in [0, 1], if known.
        seconds: Seconds of training and evaluation.
        settings: Its searched settings, as far as they are others than the baseline's.
        why: Why it was stopped or failed; empty for others.
        scores: All scores of the metric at its best evaluation, by name.
    """

    number: int
    role: str
    state: str
    score: float | None
    difference: float | None
    done: float | None
    seconds: float
    settings: dict[str, Scalar]
    why: str
    scores: dict[str, float]


def trial_lines(study: StudyRecord) -> tuple[ListedTrial, ...]:
    """List a study's trials, the best complete ones first, then the others by their score."""
    return tuple(_line(study, trial) for trial in sorted(study.trials, key=_order))


def _order(trial: TrialRecord) -> tuple[bool, float, int]:
    score = -1.0 if trial.best_score is None else trial.best_score
    return trial.state is not TrialState.COMPLETE, -score, trial.number


def _line(study: StudyRecord, trial: TrialRecord) -> ListedTrial:
    baseline, total = study.baseline, schedule_steps(trial)
    rival = None if baseline is None else baseline.best_score
    score = trial.best_score
    known = score is not None and rival is not None and not trial.baseline
    return ListedTrial(
        number=trial.number,
        role=role(study, trial),
        state=trial.state.value,
        score=score,
        difference=score - rival if known and score is not None and rival is not None else None,
        done=None if total is None else min(1.0, steps_done(trial) / total),
        seconds=trial.seconds,
        settings=_changed(study, trial, baseline),
        why=(trial.stop.reason if trial.stop is not None else trial.failure) or "",
        scores={} if trial.best is None else dict(trial.best.scores),
    )


def _changed(
    study: StudyRecord, trial: TrialRecord, baseline: TrialRecord | None
) -> dict[str, Scalar]:
    held = searched_values(study, trial)
    if baseline is None or trial.baseline:
        return held
    usual = {**settings(baseline), **baseline.params}
    return {name: value for name, value in held.items() if usual.get(name) != value}
