"""The attributes of a trial and of a study, each a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from optuna.trial import FrozenTrial
from pydantic import BaseModel, ConfigDict, Field

from autoclue.records import (
    Boundary,
    CardSharing,
    CardUse,
    Forecast,
    LabelCounts,
    StartPoint,
    StateRef,
    TestScore,
)
from autoclue.search.store.schema.generations import Generation, MemberPlace
from autoclue.search.store.schema.study_values import (
    ConfirmationExtent,
    ConfirmationRequest,
    SpaceVersion,
    StoredArtifacts,
    StoredLimits,
)
from autoclue.search.store.schema.trial_values import (
    Change,
    Death,
    Prepared,
    Proposal,
    RecordedEvaluation,
    Repetition,
)

Attributes = TypeVar("Attributes", bound="_Attributes")


_AS_GIVEN = frozenset({"settings", "builtin_size"})
"""Parts of a question that only change others: the space, and the data."""


class _Attributes(BaseModel):
    """Attributes of which some are set."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    series: ClassVar[Mapping[str, str]] = {}
    """Fields of which each member is an attribute of its own, with the beginning of its key."""

    @classmethod
    def read(cls: type[Attributes], attributes: Mapping[str, Any]) -> Attributes:
        """Read what a storage holds.

        Raises:
            ValidationError: A value isn't what autoclue writes.
        """
        found = dict(attributes)
        for name, prefix in cls.series.items():
            found[name] = {
                key.removeprefix(prefix): value
                for key, value in attributes.items()
                if key.startswith(prefix)
            }
        return cls.model_validate(found)

    def entries(self) -> dict[str, Any]:
        """Return the fields that are set as JSON values by key, in the order of their writing."""
        found: dict[str, Any] = {}
        for name, value in self.model_dump(mode="json", exclude_unset=True).items():
            prefix = self.series.get(name)
            found |= (
                {name: value} if prefix is None else {f"{prefix}{k}": v for k, v in value.items()}
            )
        return found


class TrialAttributes(_Attributes):
    """Everything that is written about a trial, beside its searched values and its state.

    Attributes:
        proposal: What a sampler has proposed for it.
        baseline: Whether it is the baseline.
        outside_space: Whether the space doesn't hold its values, so that no sampler sees it.
        repeats: Which configuration it trains again, in a confirmation.
        retries: Number of the failed trial that it is asked in place of.
        start: Its place among the settings that the search was told to start from.
        start_from: The state of another trial that it may start from.
        member: Which member of a population it was asked as.
        key: The identity of its settings.
        asked: The place of its ask in the study's order of events.
        config: Its complete settings; with them it is committed.
        restarts: How often it was taken up again after an interruption.
        deaths: Each time that its worker process died.
        losses: Each time that its machine was lost or kept out.
        starvations: Each time that its worker was killed for want of memory.
        change: Why its settings are others than it was asked with, if they are.
        prepared: What it knows of itself.
        evaluations: By step.
        failure: Why it failed.
        log: Where its training log lies, if it failed and has one.
        closed: The place of its end in the study's order of events.
    """

    series: ClassVar[Mapping[str, str]] = {"evaluations": "evaluation:"}

    proposal: Proposal | None = None
    baseline: bool = False
    outside_space: bool = False
    repeats: Repetition | None = None
    retries: int | None = None
    start: int | None = None
    start_from: StateRef | None = None
    member: MemberPlace | None = None
    key: str | None = None
    asked: int | None = None
    config: dict[str, Any] | None = None
    restarts: int = 0
    deaths: tuple[Death, ...] = ()
    losses: tuple[Death, ...] = ()
    starvations: tuple[Death, ...] = ()
    change: Change | None = None
    prepared: Prepared | None = None
    evaluations: dict[int, RecordedEvaluation] = Field(default_factory=dict)
    failure: str | None = None
    log: str | None = None
    closed: int | None = None

    @property
    def recorded(self) -> tuple[RecordedEvaluation, ...]:
        """The evaluations with their decisions, in order of their step."""
        return tuple(self.evaluations[step] for step in sorted(self.evaluations))

    @property
    def attempt(self) -> int:
        """The number of the last attempt at it, from 1; it is written before one begins."""
        return self.restarts + 1

    @property
    def last_sequence(self) -> int:
        """The highest place in the study's order of events that the trial has; 0 for none."""
        proposed = None if self.proposal is None else self.proposal.sequence
        places = [proposed, self.asked, self.closed]
        places += [each.sequence for each in self.evaluations.values()]
        return max((place for place in places if place is not None), default=0)


class StudyAttributes(_Attributes):
    """Everything that is written about a study itself.

    Attributes:
        question: What is asked, as it was given.
        resolved: What follows from the question and the files that it names.
        metric: Name of the development score.
        synthetic: Whether the data is generated by autoclue.
        spaces: The search spaces that it has had; the last one is searched.
        rungs: Fractions of a trial's schedule at which trials are compared.
        limits: How far it shall go, as it was last told.
        retrying: Numbers of failed trials that are to be asked again, as it was last told.
        ending: Why its last run ended of itself; ``None`` while it runs, or where it was cut off.
        chance_score: The accuracy of always answering the most frequent label, where answers are
            labels.
        starts: What is tried after the baseline.
        forecast: What it was expected to take, where that was asked for.
        confirm: What is to be trained again after it, as it was last told.
        confirms: Name of the search, in the ledger of a confirmation.
        request: What is trained again, in the ledger of a confirmation.
        suite: Name of the suite that it is a part of.
        artifacts: Where states and kept models are; ``None`` for its folder.
        inputs: What the same store has of its data, model and modules; empty where it has nothing.
        generations: Of a population, by number: what was proposed for one, or, where members go on
            from each other's states, what became of each at a boundary.
        test_scores: By number of the trial. They belong to the study, because Optuna lets nothing
            be added to a closed trial.
        test_problem: Why the test part could not be scored.
        label_counts: By number of the trial, answers to the development set by label.
        label_problem: Why they could not be counted.
        hardware: What the machine has that ran it last, by name.
        sharing: How its trials share GPUs, where that was left to autoclue.
        cards: How full and how busy each GPU was while it ran; empty without a GPU.
        versions: Version of Python and of each package that matters.
        created_at: ISO 8601 time in UTC.
        format: ``FORMAT``; written last, so that a study which has it is whole.
    """

    series: ClassVar[Mapping[str, str]] = {
        "test_scores": "test_score:",
        "generations": "generation:",
        "label_counts": "label_counts:",
    }

    question: dict[str, Any] = Field(default_factory=dict)
    resolved: dict[str, Any] = Field(default_factory=dict)
    metric: str = ""
    synthetic: bool = False
    spaces: tuple[SpaceVersion, ...] = ()
    rungs: tuple[float, ...] = ()
    limits: StoredLimits | None = None
    retrying: tuple[int, ...] = ()
    ending: str | None = None
    chance_score: float | None = None
    starts: tuple[StartPoint, ...] = ()
    forecast: Forecast | None = None
    confirm: ConfirmationExtent | None = None
    confirms: str | None = None
    request: ConfirmationRequest | None = None
    suite: str | None = None
    artifacts: StoredArtifacts | None = None
    inputs: dict[str, Any] = Field(default_factory=dict)
    generations: dict[int, Generation | Boundary] = Field(default_factory=dict)
    test_scores: dict[int, TestScore] = Field(default_factory=dict)
    test_problem: str | None = None
    label_counts: dict[int, LabelCounts] = Field(default_factory=dict)
    label_problem: str | None = None
    hardware: dict[str, str] = Field(default_factory=dict)
    sharing: CardSharing | None = None
    cards: tuple[CardUse, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)
    created_at: str = ""
    format: int | None = None

    @property
    def rounds(self) -> dict[int, Generation]:
        """The generations of a population that was proposed in rounds."""
        found = self.generations.items()
        return {number: each for number, each in found if isinstance(each, Generation)}

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """What became of a population's members, each time that they were compared, in order."""
        found = (each for _, each in sorted(self.generations.items()))
        return tuple(each for each in found if isinstance(each, Boundary))

    @property
    def space(self) -> dict[str, Any]:
        """The space that is searched; empty where there is none."""
        return self.spaces[-1].space if self.spaces else {}

    @property
    def settings(self) -> dict[str, Any]:
        """The question and what follows from it, by one name each."""
        asked = {name: value for name, value in self.question.items() if name not in _AS_GIVEN}
        return {**asked, **self.resolved}


def is_committed(trial: FrozenTrial) -> bool:
    """Return whether a trial's complete settings are written, so that it has been asked."""
    return "config" in trial.user_attrs


def lies_outside_space(trial: FrozenTrial) -> bool:
    """Return whether samplers may not see a trial, because the space doesn't hold its values."""
    return bool(trial.user_attrs.get("outside_space", False))
