"""What the ledger holds of a population: its generations, and which trial is which member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """Which member of a population a trial was asked as.

    Attributes:
        generation: The generation, from 0.
        place: Its place in it, from 0.
    """

    generation: int
    place: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a population has proposed for one place of a generation.

    Attributes:
        values: Of the active parameters by their own names, fixed ones included.
        vector: The coordinates behind them, unbounded; several mean the same values.
        drawn: How it was drawn, for people.
    """

    values: dict[str, Any]
    vector: tuple[float, ...]
    drawn: str


@dataclass(frozen=True, slots=True)
class Compared:
    """How a member did when its generation was decided.

    Attributes:
        trial: Number of the trial that has its settings.
        score: Its score; ``None`` where it failed or was stopped, which ranks last.
        rank: From 1; equals follow each other in the order of their places.
    """

    trial: int
    score: float | None
    rank: int


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation of a population, written in one piece before any member of it is asked.

    Attributes:
        compared: The members of the generation before, in the order of their places; empty for
            the first.
        proposed: Its own members.
        parents: For each of them the trial from whose end it goes on; empty where all train from
            the pretrained weights.
    """

    compared: tuple[Compared, ...]
    proposed: tuple[Proposed, ...]
    parents: tuple[int, ...] = ()
