"""The plain data that the ledger holds: what a report needs, and nothing of how it was made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from autoclue.records.lineage import Boundary, Segment

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
    """Return the evaluation with the highest score, the earliest of equals.

    Args:
        evaluations: In order of their step.

    Returns:
        ``None`` where there are none.
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


@dataclass(frozen=True, slots=True)
class ConfirmationTrial:
    """Settings of a search's trial, trained again with another seed.

    Attributes:
        of: Number of the search's trial that has these settings.
        seed: The training seed.
        trial: What the ledger knows of this training.
    """

    of: int
    seed: int
    trial: TrialRecord


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The best configurations of a search and its baseline, trained again with common seeds.

    Attributes:
        best: How many of the best were asked for.
        seeds: The training seeds, the same for each configuration, none of them the search's own.
        candidates: Numbers of the search's trials, best first; the baseline last where it is not
            among the best.
        baseline: Number of the baseline among them, if the search has one.
        runs: Every training so far.
    """

    best: int
    seeds: tuple[int, ...]
    candidates: tuple[int, ...]
    baseline: int | None
    runs: tuple[ConfirmationTrial, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether every configuration has been trained with every seed, successfully or not."""
        ended = {(r.of, r.seed) for r in self.runs if r.trial.state is not TrialState.RUNNING}
        return all((of, seed) in ended for of in self.candidates for seed in self.seeds)


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study as the ledger holds it: its question, its rules and all of its trials.

    Attributes:
        name: The study's name.
        settings: What was asked: task, model, data, strategy, space, sampler, scheduler, seed,
            protocol and the like, as plain JSON values.
        metric: Name of the development score ("accuracy").
        synthetic: Whether the data is generated by autoclue rather than real text.
        space: The resolved search space, as its YAML would hold it.
        rungs: Fractions of a trial's schedule at which trials are compared; empty for none.
        versions: Version of Python and of each package that matters.
        created_at: ISO 8601 time in UTC.
        trials: In order of their number.
        confirmation: The best of them trained again with other seeds, if that was asked for.
        test_problem: Why the winner or the baseline could not be scored on the test part, if
            that was tried and failed.
        ending: Why its last run ended of itself; ``None`` while it runs, or where it was cut off.
        target_trials: How many trials it shall have in all, as it was last told.
        chance_score: The accuracy of always answering the label that most development rows have;
            ``None`` where answers are no labels.
        boundaries: What became of the members of a population, each time that they were compared.
    """

    name: str
    settings: Mapping[str, object]
    metric: str
    synthetic: bool
    space: Mapping[str, object]
    rungs: tuple[float, ...]
    versions: Mapping[str, str]
    created_at: str
    trials: tuple[TrialRecord, ...] = field(default=())
    confirmation: Confirmation | None = None
    test_problem: str | None = None
    ending: str | None = None
    target_trials: int | None = None
    chance_score: float | None = None
    boundaries: tuple[Boundary, ...] = ()

    @property
    def baseline(self) -> TrialRecord | None:
        """The trial of the default configuration, which every search runs first.

        Where it failed and was asked again, that is the one that counts.
        """
        return next((t for t in reversed(self.trials) if t.baseline), None)

    @property
    def standing(self) -> tuple[TrialRecord, ...]:
        """The trials without those that failed and were asked again."""
        again = {trial.retries for trial in self.trials}
        return tuple(trial for trial in self.trials if trial.number not in again)

    @property
    def ended(self) -> tuple[TrialRecord, ...]:
        """The trials that don't run any more."""
        return tuple(trial for trial in self.trials if trial.state is not TrialState.RUNNING)

    @property
    def constant_member(self) -> TrialRecord | None:
        """The best member of a population whose settings have never changed.

        Of those that have come farthest it is the one with the highest score there, the earliest
        of equals; ``None`` where there is no population.
        """
        constant = [
            t
            for t in (self.trials if self.boundaries else ())
            if t.segment and t.evaluations and not t.config.get("changes")
        ]
        return max(
            constant,
            key=lambda t: (t.evaluations[-1].step, t.evaluations[-1].score, -t.number),
            default=None,
        )

    @property
    def rivals_failed(self) -> bool:
        """Whether there are trials beside the baseline, and every one of them failed."""
        rivals = [trial for trial in self.standing if not trial.baseline]
        return bool(rivals) and all(trial.state is TrialState.FAIL for trial in rivals)

    @property
    def baseline_source(self) -> str | None:
        """Which default configuration the baseline is, in words; ``None`` if it isn't known."""
        found = self.settings.get("baseline_source")
        return found if isinstance(found, str) else None

    @property
    def winner(self) -> TrialRecord | None:
        """The complete trial with the highest score, the earliest of equals.

        A stopped trial never wins: its figure belongs to a smaller budget.
        """
        return max(self.complete, key=best_score_of, default=None)

    @property
    def complete(self) -> tuple[TrialRecord, ...]:
        """The trials that have run their whole schedule and have a score."""
        return tuple(
            trial
            for trial in self.trials
            if trial.state is TrialState.COMPLETE
            and trial.best is not None
            and not trial.is_segment
        )


def best_score_of(trial: TrialRecord) -> float:
    """Return the best score of a trial that has one."""
    return -math.inf if trial.best is None else trial.best.score
