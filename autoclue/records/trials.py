"""What is known of one trial."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from autoclue.records.lineage import Segment

Scalar = bool | int | float | str | None
"""A setting's value, as JSON can hold it."""


class TrialState(str, Enum):
    """Where a trial stands."""

    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One look at the development set.

    Attributes:
        step: Optimizer steps done so far, from 1.
        score: The primary score of the task's metric on the development rows that select, in
            [0, 1]; higher is better. Those are all rows, unless the trial holds some out.
        dev_loss: Mean cross-entropy over the whole development set, held-out rows included, in
            nats; it chooses nothing.
        train_loss: Loss of the last training batch before this evaluation, in nats.
        learning_rate: Base learning rate of the step before this evaluation.
        steps_per_s: Speed of training since the evaluation before, evaluation time excluded.
        eval_s: Seconds that this evaluation took.
        elapsed_s: Seconds of training and evaluation since the trial's first step.
        epoch: The epoch that this falls in, from 1.
        holdout_score: The primary score on the held-out rows, which choose nothing; ``None`` where
            none are held out.
        scores: All scores of the metric on the rows that select, by name.
        holdout_scores: All scores on the held-out rows; empty where none are held out.
    """

    step: int
    score: float
    dev_loss: float
    train_loss: float
    learning_rate: float
    steps_per_s: float
    eval_s: float
    elapsed_s: float
    epoch: int
    holdout_score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)
    holdout_scores: Mapping[str, float] = field(default_factory=dict, hash=False)

    def problem(self) -> str | None:
        """Return why this evaluation can't be used, or ``None`` when it can."""
        named = {name: getattr(self, name) for name in ("train_loss", "dev_loss", "score")}
        named |= {"holdout_score": self.holdout_score, **self.scores}
        named |= {f"holdout {name}": value for name, value in self.holdout_scores.items()}
        for name, value in named.items():
            if value is not None and not math.isfinite(value):
                return f"{name} is {value} at step {self.step}"
        return None


def best_evaluation(evaluations: Iterable[Evaluation]) -> Evaluation | None:
    """Return the evaluation with the highest score, the earliest of equals; ``None`` for none.

    Args:
        evaluations: In order of their step.
    """
    return max(evaluations, key=lambda evaluation: evaluation.score, default=None)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a trial was stopped before the end of its schedule.

    Attributes:
        reason: One sentence for people.
        rung: Fraction of the trial's own schedule at which it was compared, or ``None`` when
            something else stopped it (the time budget).
        step: The step at which the decision fell.
        score: The trial's own best score up to there.
        cutoff: The score it would have needed.
        comparators: How many other trials it was compared with.
    """

    reason: str
    rung: float | None
    step: int
    score: float
    cutoff: float | None
    comparators: int


@dataclass(frozen=True, slots=True)
class LayerRate:
    """The learning rate of one depth of the network.

    Attributes:
        depth: 0 = embeddings, 1..L = encoder layers, L+1 = pooler and head.
        label: The depth in words ("embeddings", "layer 3", "head").
        lr_scale_low: Smallest multiplier of the base rate within this depth.
        lr_scale_high: Largest multiplier of the base rate within this depth.
        trains: Whether any parameter of this depth trains.
        parameters: Number of scalars at this depth.
    """

    depth: int
    label: str
    lr_scale_low: float
    lr_scale_high: float
    trains: bool
    parameters: int


@dataclass(frozen=True, slots=True)
class TestScore:
    """How a trial's kept model does on a part of the data that the search never saw.

    Attributes:
        split: Name of that part ("test").
        score: The primary score of the task's metric on it, in [0, 1]; higher is better.
        loss: Mean loss over its features, in nats.
        examples: How many examples it has.
        fingerprint: The sha256 of its files; scores on other files can't be compared.
        scores: All scores of the metric, by name.
    """

    split: str
    score: float
    loss: float
    examples: int
    fingerprint: str
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """What a trial's kept model answers to the development set, label by label.

    Attributes:
        labels: In the order of the task.
        examples: How many were answered.
        wanted: How many examples have each label.
        predicted: How many got each label.
        right: How many of those have it.
        confused: Right label, predicted label (both by index) and how many examples, as far as
            there are any; empty where an example may have several labels.
    """

    labels: tuple[str, ...]
    examples: int
    wanted: tuple[int, ...]
    predicted: tuple[int, ...]
    right: tuple[int, ...]
    confused: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """Everything the ledger knows about one trial.

    Attributes:
        number: The trial's number in its study, from 0.
        state: Where it stands.
        params: The searched settings that were asked for, by name.
        config: The complete settings that determine the trial.
        evaluations: In order of their step.
        total_steps: Length of the trial's own schedule in steps, once known.
        baseline: Whether this is the baseline.
        stop: Why it was stopped early, if it was.
        failure: Why it failed, if it did.
        log: Where its training log lies, if it failed and has one.
        change: Why its settings are others than it was asked with, if they are.
        layer_rates: The learning rates by depth at the start of training, once known.
        started_at: ISO 8601 time in UTC.
        ended_at: ISO 8601 time in UTC, once it has ended.
        restarts: How often it was taken up again after an interruption.
        deaths: Why its worker process died, each time that it did.
        evaluation_steps: Steps after which it is evaluated if it runs to its end, once known.
        test_score: The score of its kept model on the test part, if it has been scored there.
        retries: Number of the failed trial that it was asked in place of, if it was.
        label_counts: Its kept model's answers to the development set, if they have been counted.
        segment: Which part of which member it is, in a population whose members go on from each
            other's states.
    """

    number: int
    state: TrialState
    params: Mapping[str, Scalar]
    config: Mapping[str, object]
    evaluations: tuple[Evaluation, ...] = ()
    total_steps: float | None = None
    baseline: bool = False
    stop: Stop | None = None
    failure: str | None = None
    log: str | None = None
    change: str | None = None
    layer_rates: tuple[LayerRate, ...] = ()
    started_at: str | None = None
    ended_at: str | None = None
    restarts: int = 0
    deaths: tuple[str, ...] = ()
    evaluation_steps: tuple[int, ...] = ()
    test_score: TestScore | None = None
    retries: int | None = None
    label_counts: LabelCounts | None = None
    segment: Segment | None = None

    @property
    def is_segment(self) -> bool:
        """Whether it ends short of its schedule, for others to go on from there."""
        return self.config.get("until_step") is not None

    @property
    def best(self) -> Evaluation | None:
        """The evaluation with the highest score, the earliest of equals; ``None`` before any."""
        return best_evaluation(self.evaluations)

    @property
    def best_score(self) -> float | None:
        """The highest score over all evaluations, as the published figures count it."""
        return None if self.best is None else self.best.score

    @property
    def seconds(self) -> float:
        """Seconds of training and evaluation recorded so far."""
        return self.evaluations[-1].elapsed_s if self.evaluations else 0.0
