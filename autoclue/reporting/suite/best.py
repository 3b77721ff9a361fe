"""The best result of each study of a suite, with every setting that reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autoclue.models import find_model
from autoclue.records import (
    Evaluation,
    StudyRecord,
    SuiteRecord,
    SuiteStudy,
    TrialRecord,
    TrialState,
    best_score_of,
)

NAMED_SCORES = {"cmrc2018": ("em", "f1")}
"""Scores that are shown, the primary one first, where a task has several."""


@dataclass(frozen=True, slots=True)
class WinningRun:
    """Settings that reach the best result of a study.

    Attributes:
        number: The trial's number in its study.
        learning_rate: Peak of its schedule.
        batch_size: Examples in a step.
        dropout: Hidden dropout.
        step: Where the best evaluation fell.
    """

    number: int
    learning_rate: float
    batch_size: int
    dropout: float
    step: int

    @property
    def settings(self) -> str:
        """As the published tools write it: ``(3e-05,16,0.1)``."""
        return f"({self.learning_rate},{self.batch_size},{self.dropout})"

    @property
    def log_name(self) -> str:
        """Name of the log that the published tools keep of such a run."""
        return f"{self.learning_rate}_{self.batch_size}_{self.dropout}.log"


@dataclass(frozen=True, slots=True)
class BestResult:
    """The best result of a study of a suite.

    Attributes:
        model: What the suite calls its model.
        task: The task.
        percents: The scores in percent by name, the primary one first; empty before any run is
            complete.
        winners: Every run that reaches the primary score, the earliest first.
        runs: Runs that the study shall have.
        complete: Runs that are complete.
        failed: Runs that have failed and were not complete since.
        published: The published scores of this model and task, in percent, where there are any.
    """

    model: str
    task: str
    percents: Mapping[str, float]
    winners: tuple[WinningRun, ...]
    runs: int
    complete: int
    failed: int
    published: Mapping[str, float]

    @property
    def primary_percent(self) -> float | None:
        """The primary score in percent; ``None`` before any run is complete."""
        return next(iter(self.percents.values()), None)

    @property
    def beyond_published(self) -> float | None:
        """How much the primary score is above the published one, in points."""
        own, theirs = self.primary_percent, next(iter(self.published.values()), None)
        return None if own is None or theirs is None else own - theirs


def best_results(suite: SuiteRecord) -> tuple[BestResult, ...]:
    """Find the best result of every study, ties included."""
    return tuple(_best(each) for each in suite.studies)


def mean_percent(results: Sequence[BestResult]) -> float | None:
    """Return the mean of the primary scores, exact match for CMRC2018; ``None`` without any."""
    found = [each.primary_percent for each in results if each.primary_percent is not None]
    return sum(found) / len(found) if found else None


def _best(each: SuiteStudy) -> BestResult:
    study = each.study
    complete = study.complete
    top = max(map(best_score_of, complete), default=None)
    winners = [trial for trial in complete if best_score_of(trial) == top]
    best = winners[0].best if winners else None
    return BestResult(
        model=each.model,
        task=each.task,
        percents={} if best is None else _percents(each.task, study.metric, best),
        winners=tuple(map(_winning, winners)),
        runs=max(study.target_trials or 0, len(_points(study.trials))),
        complete=len(_points(complete)),
        failed=len(_failed(study)),
        published=_published(str(study.settings.get("model")), each.task),
    )


def _percents(task: str, metric: str, best: Evaluation) -> dict[str, float]:
    names = NAMED_SCORES.get(task)
    if names is None or not set(names) <= set(best.scores):
        return {metric: 100 * best.score}
    return {name: 100 * best.scores[name] for name in names}


def _winning(trial: TrialRecord) -> WinningRun:
    config, best = trial.config, trial.best
    return WinningRun(
        number=trial.number,
        learning_rate=float(str(config["learning_rate"])),
        batch_size=int(str(config["batch_size"])),
        dropout=float(str(config["dropout"])),
        step=0 if best is None else best.step,
    )


def _points(trials: Sequence[TrialRecord]) -> set[str]:
    """Return the settings that were tried; a run that failed and was tried again counts once."""
    return {repr(sorted(trial.params.items())) for trial in trials}


def _failed(study: StudyRecord) -> set[str]:
    failed = [trial for trial in study.trials if trial.state is TrialState.FAIL]
    others = [trial for trial in study.trials if trial.state is not TrialState.FAIL]
    return _points(failed) - _points(others)


def _published(model: str, task: str) -> Mapping[str, float]:
    card = find_model(model)
    return {} if card is None else card.scores_percent.get(task, {})
