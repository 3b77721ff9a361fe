"""The best result of each study of a suite, with every setting that reaches it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autoclue.errors import UsageError, one_door
from autoclue.intervals import Z_95
from autoclue.models import find_model
from autoclue.outside import quoted
from autoclue.records import (
    Evaluation,
    Forecast,
    Scalar,
    StudyRecord,
    SuiteRecord,
    SuiteStudy,
    TrialRecord,
    TrialState,
    best_score_of,
)
from autoclue.reporting.statistics import dev_examples, steps_done

NAMED_SCORES = {"cmrc2018": ("em", "f1")}
"""Scores that are shown, the primary one first, where a task has several."""

_OF_A_LOG = ("learning_rate", "batch_size", "dropout")


@dataclass(frozen=True, slots=True)
class WinningRun:
    """Settings that reach the best result of a study.

    Attributes:
        number: The trial's number in its study.
        learning_rate: Peak of its schedule.
        batch_size: Examples in a step.
        dropout: Hidden dropout.
        step: Where the best evaluation fell.
        others: Its other searched settings, such as those of a layer-wise strategy.
    """

    number: int
    learning_rate: float
    batch_size: int
    dropout: float
    step: int
    others: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    @property
    def settings(self) -> str:
        """As the published tools write it: ``(3e-05,16,0.1)``; sampled values to four digits."""
        return f"({_short(self.learning_rate)},{self.batch_size},{_short(self.dropout)})"

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
        published: The published scores of this model and task, in percent, where there are any
            and the data is real.
        stopped: Runs that were stopped early.
        examples: Development examples that were scored; ``None`` where that isn't known.
        steps: Steps of all runs.
        seconds: Seconds of training and evaluation of all runs.
        forecast: What they were expected to take, where that was asked for.
    """

    model: str
    task: str
    percents: Mapping[str, float]
    winners: tuple[WinningRun, ...]
    runs: int
    complete: int
    failed: int
    published: Mapping[str, float]
    stopped: int = 0
    examples: int | None = None
    steps: int = 0
    seconds: float = 0.0
    forecast: Forecast | None = None

    @property
    def primary_percent(self) -> float | None:
        """The primary score in percent; ``None`` before any run is complete."""
        return next(iter(self.percents.values()), None)

    @property
    def beyond_published(self) -> float | None:
        """How much the primary score is above the published one, in points."""
        own, theirs = self.primary_percent, next(iter(self.published.values()), None)
        return None if own is None or theirs is None else own - theirs

    @property
    def margin(self) -> float | None:
        """Half the 95 % interval of that difference in points, by sampling error alone.

        It is that of two shares of as many examples, as if they were independent; ``None`` where
        the number of examples isn't known. Both scores are the best of several runs, which were
        chosen on the same examples.
        """
        own, theirs = self.primary_percent, next(iter(self.published.values()), None)
        if own is None or theirs is None or not self.examples:
            return None
        return 100 * Z_95 * math.sqrt((_spread(own) + _spread(theirs)) / self.examples)

    @property
    def told_apart(self) -> bool | None:
        """Whether the difference is beyond its margin; ``None`` where that isn't known."""
        difference, margin = self.beyond_published, self.margin
        return None if difference is None or margin is None else abs(difference) > margin


def best_results(suite: SuiteRecord) -> tuple[BestResult, ...]:
    """Find the best result of every study, ties included.

    Raises:
        UsageError: The settings of a winner aren't as they were written.
    """
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
        winners=tuple(_winning(trial, study.name) for trial in winners),
        runs=max(study.target_trials or 0, len(_points(study.trials))),
        complete=len(_points(complete)),
        failed=len(_failed(study)),
        stopped=sum(trial.state is TrialState.PRUNED for trial in study.trials),
        published={} if study.synthetic else _published(each),
        examples=dev_examples(study)[0],
        steps=sum(map(steps_done, study.trials)),
        seconds=sum(trial.seconds for trial in study.trials),
        forecast=study.forecast,
    )


def _percents(task: str, metric: str, best: Evaluation) -> dict[str, float]:
    names = NAMED_SCORES.get(task)
    if names is None or not set(names) <= set(best.scores):
        return {metric: 100 * best.score}
    return {name: 100 * best.scores[name] for name in names}


def _winning(trial: TrialRecord, study: str) -> WinningRun:
    config, best = trial.config, trial.best
    with one_door(
        lambda why: UsageError(
            f"The settings of trial {trial.number} of the study {quoted(study)} aren't as they "
            f"were written ({why})."
        )
    ):
        return WinningRun(
            number=trial.number,
            learning_rate=float(str(config["learning_rate"])),
            batch_size=int(str(config["batch_size"])),
            dropout=float(str(config["dropout"])),
            step=0 if best is None else best.step,
            others={name: value for name, value in trial.params.items() if name not in _OF_A_LOG},
        )


def _points(trials: Sequence[TrialRecord]) -> set[str]:
    """Return the settings that were tried; a run that failed and was tried again counts once."""
    return {_point(trial) for trial in trials}


def _point(trial: TrialRecord) -> str:
    """Return what identifies a run; one outside of the space has no values of its own there."""
    return repr(sorted((trial.params or trial.config).items(), key=str))


def _failed(study: StudyRecord) -> set[str]:
    failed = [trial for trial in study.trials if trial.state is TrialState.FAIL]
    others = [trial for trial in study.trials if trial.state is not TrialState.FAIL]
    return _points(failed) - _points(others)


def _published(each: SuiteStudy) -> Mapping[str, float]:
    """Return the published scores; a study of logs knows its model's folder alone."""
    card = find_model(str(each.study.settings.get("model"))) or find_model(each.model)
    return {} if card is None else card.scores_percent.get(each.task, {})


def _spread(percent: float) -> float:
    return percent / 100 * (1 - percent / 100)


def _short(value: float) -> float:
    return float(f"{value:.4g}")
