"""From which state a trial goes on, and what became of the members of a population that do so."""

from __future__ import annotations

from dataclasses import dataclass

Value = bool | int | float | str | None
"""A setting's value, as JSON can hold it."""

MAIN = "main"
CONTROL = "control"
"""Of the members beside the main ones, which compare at every other boundary."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Which part of which member a trial is.

    Attributes:
        generation: How many boundaries lie before it.
        place: The member's place, from 0; those of a control follow the main ones.
        parent: Number of the trial from whose state it goes on; ``None`` for the pretrained
            weights.
        from_step: The step at which it begins.
    """

    generation: int
    place: int
    parent: int | None = None
    from_step: int = 0


@dataclass(frozen=True, slots=True)
class ValueChange:
    """Another value of a setting.

    Attributes:
        name: The setting.
        before: Its value in the donor.
        after: Its value from the boundary on.
        how: How it was drawn, for people.
    """

    name: str
    before: Value
    after: Value
    how: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a member at a boundary.

    Attributes:
        place: The member's place.
        trial: Number of the trial that ended here.
        score: Its score at the boundary; ``None`` where it failed or never came there.
        rank: From 1, the best; ``None`` without a score.
        donor: Place of the member whose state and settings it takes over; ``None`` where it keeps
            its own.
        donor_trial: Number of the donor's trial that ended here.
        changes: How its settings differ from the donor's from here on.
        reason: Why, one clause for people.
        dropped: Whether the member ends here, because nothing can go on from it or into it.
    """

    place: int
    trial: int
    score: float | None
    rank: int | None
    donor: int | None
    donor_trial: int | None
    changes: tuple[ValueChange, ...]
    reason: str
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Boundary:
    """A comparison of all members, once each of them had come to one step or failed.

    Attributes:
        population: ``main`` or ``control``.
        generation: How many boundaries lie before it.
        at_step: The step.
        wobble: How far a score lies off its curve by chance, as a standard deviation.
        margin: How far a member must be behind its donor at least.
        fates: What became of each, in the order of their places.
    """

    population: str
    generation: int
    at_step: int
    wobble: float
    margin: float
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class StoredState:
    """A trial's state that others may start from.

    Attributes:
        address: Where it is, within the study's folder.
        sha256: Of the file, in hex.
    """

    address: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StateRef:
    """The state that a trial may start from.

    Attributes:
        trial: Number of the trial that has left it; its settings are those of the new one up to
            where it stands.
        may_differ: Names of settings that may be others in the state than in the new trial.
        at_step: Where it stands; steps up to there aren't counted as the new trial's.
        sha256: Of its file; another one isn't used. ``None`` for any.
    """

    trial: int
    may_differ: frozenset[str] = frozenset()
    at_step: int = 0
    sha256: str | None = None
