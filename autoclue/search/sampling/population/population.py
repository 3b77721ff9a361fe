"""What a population is: a sampler that proposes whole rounds, each from those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from autoclue.search.sampling.population.boundary import Vector
from autoclue.space import SearchSpace

Coordinates = tuple[float, ...]
"""A coordinate for each searched parameter; inside the box they lie in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round that is through.

    Attributes:
        vectors: What was proposed, in the order of the population, as ``Population.propose`` gave
            it.
        scores: The score of each; ``None`` where a member failed or was stopped, which makes it
            the worst of its round.
    """

    vectors: tuple[Coordinates, ...]
    scores: tuple[float | None, ...]

    @property
    def costs(self) -> Vector:
        """What is minimised, ``[members]``: 1 less the score, and infinity without one."""
        found = [np.inf if score is None else 1 - score for score in self.scores]
        return np.array(found, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a population begins.

    Attributes:
        start: The coordinates of the values that it begins around, each in [-1, 1].
        size: Members of a round, at least 2.
        seed: The study's root seed.
    """

    start: Coordinates
    size: int
    seed: int


class Population(Protocol):
    """Proposes the settings of a whole round at once.

    An implementation is a frozen dataclass whose fields are its parameters, as a ``Sampler`` is.
    What it proposes depends on the rounds that are through, on where it began and on the seed
    alone: each member draws from a seed of its own, given by the study's seed, the round and its
    place. It keeps nothing, and is told every round anew.
    """

    @property
    def name(self) -> str:
        """What ``--sampler`` calls it."""

    def check(self, space: SearchSpace) -> None:
        """Refuse a space that it can't search.

        Raises:
            UsageError: With what to do instead.
        """

    def propose(self, rounds: Sequence[Round], begin: Beginning) -> tuple[Coordinates, ...]:
        """Propose the next round.

        Returns:
            Unbounded coordinates of each member; the ledger keeps them as they are.
        """

    def inside(self, vector: Coordinates) -> Coordinates:
        """Map unbounded coordinates into [-1, 1]."""


def draws(seed: int, generation: int, place: int) -> np.random.RandomState:
    """Return the random numbers of one member; numpy promises to keep this generator as it is."""
    words = np.random.SeedSequence([seed, generation, place]).generate_state(8)
    return np.random.RandomState(words)


def coordinates_of(vectors: Vector) -> tuple[Coordinates, ...]:
    """Return the rows of an array ``[members x parameters]`` as plain numbers."""
    return tuple(tuple(float(each) for each in row) for row in vectors)
