"""What a population that goes on from each other's states is told and asked at a boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from pydantic import Field

from autoclue.errors import UsageError
from autoclue.records import Scalar, ValueChange
from autoclue.search.sampling.segments.explore import IsNew, perturbable
from autoclue.space import SearchSpace
from autoclue.training import CHANGEABLE, TrialConfig

QUANTILE = 0.25


def quantile_field() -> Any:
    """Declare the parameter that every such sampler has: the share of members that it replaces."""
    return Field(
        default=QUANTILE,
        gt=0,
        le=0.5,
        description="Share of the members that is replaced at a boundary, and that donors are of.",
    )


def control_field() -> Any:
    """Declare the parameter that every such sampler has: whether others compare half as often."""
    return Field(
        default=False,
        description="Run as many members beside it that compare at every other boundary only.",
    )


@dataclass(frozen=True, slots=True)
class Gain:
    """What a segment has gained by its settings.

    Attributes:
        values: The searched settings that held in it.
        end: Where it ended, as a share of the schedule.
        length: Its length, as a share of the schedule.
        gain: The score at its end less that at its beginning.
    """

    values: Mapping[str, Scalar]
    end: float
    length: float
    gain: float


@dataclass(frozen=True, slots=True)
class Question:
    """What a member that takes over a donor's state is to train with.

    Attributes:
        space: What may be tried.
        now: The donor's values.
        gains: What all segments so far have gained, those from the first boundary on.
        pending: The values that others take on at the same boundary.
        end: Where the coming segment ends, as a share of the schedule.
        is_new: Tells whether nothing has been trained with some values from here on.
    """

    space: SearchSpace
    now: Mapping[str, Scalar]
    gains: Sequence[Gain]
    pending: Sequence[Mapping[str, Scalar]]
    end: float
    is_new: IsNew


class Exchanger(Protocol):
    """A sampler whose members take over each other's states; see ``Pbt``."""

    @property
    def name(self) -> str:
        """What ``--sampler`` calls it."""

    @property
    def quantile(self) -> float:
        """Share of the members that is replaced, and that donors come from."""

    @property
    def control(self) -> bool:
        """Whether a control with twice as long intervals runs beside it."""

    def check(self, space: SearchSpace) -> None:
        """Refuse a space that it can't search.

        Raises:
            UsageError: With what to do instead.
        """

    def new_values(self, question: Question, rng: np.random.Generator) -> tuple[ValueChange, ...]:
        """Return how a member's settings differ from its donor's; none where none are left."""


def check_changeable(name: str, space: SearchSpace) -> None:
    """Refuse a space in which settings are searched that can't change while a trial trains.

    Args:
        name: The sampler's.
        space: What may be tried.

    Raises:
        UsageError: One of them can't, nothing is searched, or a parameter is conditional.
    """
    found = perturbable(space)
    fixed = set(TrialConfig.model_fields) - set(CHANGEABLE)
    stiff = [each for each in found if each in fixed]
    if stiff:
        raise UsageError(
            f"The {name} sampler changes settings while a trial trains, and {', '.join(stiff)} "
            f"can't change then; give one value, as in --set {stiff[0]}=VALUE, or use --sampler "
            "tpe."
        )
    conditional = [each for each in space.parameters if space.parameters[each].when]
    if conditional:
        raise UsageError(
            f"The {name} sampler takes no conditional parameter, and {conditional[0]} is one; "
            "leave its 'when' out or fix it with --set."
        )
    if not found:
        raise UsageError(
            f"The {name} sampler has nothing to change: every setting of the space "
            f"{space.name!r} has one value. Give a range, as in --set "
            "learning_rate=1e-5..1e-4:log."
        )
