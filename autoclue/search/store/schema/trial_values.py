"""Values of which the attributes of a trial are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter

from autoclue.records import Evaluation, LayerRate, Stop, StoredState


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


DeathCounter: TypeAlias = Literal["deaths", "losses", "starvations"]
"""What deaths are counted by: the worker itself, its machine, the want of memory."""


@dataclass(frozen=True, slots=True)
class Death:
    """A worker process that died, or a machine that was lost, while it ran a trial.

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
