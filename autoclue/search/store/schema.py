"""Everything that is written about a study and its trials; nobody else spells a key.

Optuna keeps attributes by key, each a JSON value. Here one model holds those of a trial and one
those of a study. What is written is a model of which some fields are set, each an attribute of the
field's name, in the order of the fields; what is read is the whole model. A series, such as the
evaluations of a trial, has one attribute for each of its members, so that one more is one write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, ClassVar, TypeVar

from optuna.study import Study
from optuna.trial import FrozenTrial
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from autoclue.records import (
    Boundary,
    Evaluation,
    LayerRate,
    StateRef,
    Stop,
    StoredState,
    TestScore,
)
from autoclue.search.store.generations import Generation, MemberPlace

FORMAT = 3
"""Changes whenever an older autoclue would read a ledger wrongly, or the other way round."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a trial knows of itself before its first step.

    Attributes:
        total_steps: Length of its schedule in steps; fractional where the recipe is.
        evaluation_steps: Steps after which it is evaluated, ascending.
        layer_rates: Learning rates by depth.
    """

    total_steps: float
    evaluation_steps: tuple[int, ...]
    layer_rates: tuple[LayerRate, ...]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Prepared:
        """Read what ``dataclasses.asdict`` gives, after JSON has been at it.

        Raises:
            ValidationError: Something is missing or of another type.
        """
        return _PREPARED.validate_python(values)


_PREPARED = TypeAdapter(Prepared)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a sampler has proposed.

    Attributes:
        values: By stored name, as Optuna holds them.
        sequence: Its place in the study's order of events.
    """

    values: dict[str, Any]
    sequence: int


@dataclass(frozen=True, slots=True)
class RecordedEvaluation:
    """An evaluation and the decision that followed it, which are one write.

    Attributes:
        evaluation: What was found.
        sequence: Its place in the study's order of events.
        stop: The stop that it brought, if it did.
        state: The state that stands there, where others may start from it; it was on the disk
            before this was written.
    """

    evaluation: Evaluation
    sequence: int
    stop: Stop | None = None
    state: StoredState | None = None


@dataclass(frozen=True, slots=True)
class Repetition:
    """Which configuration a training of a confirmation repeats.

    Attributes:
        of: The configuration's identity, whatever seed it is trained with.
        seed: The training seed.
    """

    of: str
    seed: int


@dataclass(frozen=True, slots=True)
class Death:
    """A worker process that died while it ran a trial.

    Attributes:
        reason: One sentence for people.
        at: ISO 8601 time in UTC.
    """

    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Change:
    """Other settings than a trial was asked with.

    Attributes:
        reason: One sentence for people.
        before: The settings that it was asked with.
        at: ISO 8601 time in UTC.
    """

    reason: str
    before: dict[str, Any]
    at: str


@dataclass(frozen=True, slots=True)
class SpaceVersion:
    """A search space that a study has had.

    Attributes:
        since_trial: Number of the first trial that is asked in it.
        fingerprint: Identifies the space.
        space: As its YAML would hold it.
    """

    since_trial: int
    fingerprint: str
    space: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredLimits:
    """How far a search shall go, all of its runs together.

    Attributes:
        trials: Trials in all; one that is asked again because it failed counts once.
        step_budget: Steps of all trials together; ``None`` for no limit.
        extended_from: How many trials it had when it was told to have more, until the command that
            did so has ended well; the same command again then goes on and adds no more. Of a
            population, how many rounds.
        rounds: Rounds of a population; ``None`` where there is none.
    """

    trials: int
    step_budget: int | None
    extended_from: int | None = None
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationExtent:
    """How much is to be trained again after a search.

    Attributes:
        best: How many of the best configurations, beside the baseline.
        seeds: Training seeds for each.
    """

    best: int
    seeds: int


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """What a confirmation trains again.

    Attributes:
        best: How many of the best configurations were asked for.
        seeds: The training seeds, the same for each configuration.
        candidates: Numbers of the search's trials, best first; the baseline last where it is not
            among the best.
        baseline: Number of the baseline, if it is complete.
    """

    best: int
    seeds: tuple[int, ...]
    candidates: tuple[int, ...]
    baseline: int | None


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
        start_from: The state of another trial that it may start from.
        member: Which member of a population it was asked as.
        key: The identity of its settings.
        asked: The place of its ask in the study's order of events.
        config: Its complete settings; with them it is committed.
        restarts: How often it was taken up again after an interruption.
        deaths: Each time that its worker process died.
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
    start_from: StateRef | None = None
    member: MemberPlace | None = None
    key: str | None = None
    asked: int | None = None
    config: dict[str, Any] | None = None
    restarts: int = 0
    deaths: tuple[Death, ...] = ()
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
        confirm: What is to be trained again after it, as it was last told.
        confirms: Name of the search, in the ledger of a confirmation.
        request: What is trained again, in the ledger of a confirmation.
        suite: Name of the suite that it is a part of.
        generations: Of a population, by number: what was proposed for one, or, where members go on
            from each other's states, what became of each at a boundary.
        test_scores: By number of the trial. They belong to the study, because Optuna lets nothing
            be added to a closed trial.
        test_problem: Why the test part could not be scored.
        versions: Version of Python and of each package that matters.
        created_at: ISO 8601 time in UTC.
        format: ``FORMAT``; written last, so that a study which has it is whole.
    """

    series: ClassVar[Mapping[str, str]] = {
        "test_scores": "test_score:",
        "generations": "generation:",
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
    confirm: ConfirmationExtent | None = None
    confirms: str | None = None
    request: ConfirmationRequest | None = None
    suite: str | None = None
    generations: dict[int, Generation | Boundary] = Field(default_factory=dict)
    test_scores: dict[int, TestScore] = Field(default_factory=dict)
    test_problem: str | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    created_at: str = ""
    format: int | None = None

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


def written_format(study: Study) -> object:
    """Return the format of a ledger, whatever it is; ``None`` where the study isn't whole."""
    return study.user_attrs.get("format")


def written_by(study: Study) -> str:
    """Return the version of autoclue that made a study, of whatever format."""
    versions = study.user_attrs.get("versions")
    known = versions.get("autoclue") if isinstance(versions, dict) else None
    return "of another version" if known is None else str(known)


def now() -> str:
    """Return the time as the ledger writes it: ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
