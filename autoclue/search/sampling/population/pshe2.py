"""PSHE2 of PaddleHub: a swarm of particles with a momentum.

Each particle is pulled to the best place that it has seen itself and to the best one that any has
seen, and at last pushed by chance up to a fifth of its way to a wall. The friction 3 alpha / t
falls with the rounds. In PaddleHub 1.4 the rows of the momentum were one and the same list: all
particles moved alike, by what pulled the last of them. ``variant`` repeats that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.search.sampling.population.boundary import Vector
from autoclue.search.sampling.population.coordinates import axes_of
from autoclue.search.sampling.population.population import (
    Beginning,
    Coordinates,
    Round,
    coordinates_of,
    draws,
)
from autoclue.space import SearchSpace

ALPHA = 0.5
"""Of the pull and of the move."""
EPSILON = 0.2
"""Largest push, in shares of the way to the wall."""


@dataclass(frozen=True, slots=True)
class Pshe2:
    """Move a swarm with momentum, a whole round at once; PaddleHub's PSHE2."""

    name: ClassVar[str] = "pshe2"

    variant: Literal["intended", "paddlehub-1.4"] = Field(
        default="intended",
        description="As its equations mean it, or as it ran: one momentum for all particles.",
    )

    def check(self, space: SearchSpace) -> None:
        """Refuse a space in which nothing is searched; see ``Population``."""
        if not axes_of(space):
            raise UsageError(
                f"The pshe2 sampler needs a parameter to search, and the space {space.name!r} has "
                "only fixed values; give it a range or a list with --set."
            )

    def propose(self, rounds: Sequence[Round], begin: Beginning) -> tuple[Coordinates, ...]:
        """Scatter the first round around the start, and move the swarm on after each round."""
        shape = begin.size, len(begin.start)
        drawn = np.array(
            [draws(begin.seed, len(rounds), i).random_sample(shape[1]) for i in range(shape[0])]
        )
        pushes = 2 * (drawn - 0.5)
        if not rounds:
            start = np.tile(np.array(begin.start), (begin.size, 1))
            return coordinates_of(pushed(start, pushes))
        swarm = swarm_after(rounds, shared=self.variant == "paddlehub-1.4")
        return coordinates_of(moved(np.array(rounds[-1].vectors), swarm.momentum, pushes))

    def inside(self, vector: Coordinates) -> Coordinates:
        """Keep to the walls: a particle outside has the value of the wall."""
        return tuple(min(max(each, -1.0), 1.0) for each in vector)


def pushed(places: Vector, pushes: Vector) -> Vector:
    """Push coordinates by shares of their way to a wall.

    Args:
        places: ``[members x parameters]``.
        pushes: The same shape; 1 goes to the upper wall, -1 to the lower one.
    """
    way = np.where(pushes >= 0, 1 - places, places + 1)
    return np.asarray(places + way * pushes)


def moved(places: Vector, momentum: Vector, pushes: Vector) -> Vector:
    """Move a swarm on by its momentum, and push it by chance.

    Args:
        places: Where it is, ``[members x parameters]``.
        momentum: The same shape.
        pushes: The same shape, in [-1, 1).
    """
    return pushed(places + ALPHA * momentum, EPSILON * pushes)


@dataclasses.dataclass(frozen=True, slots=True)
class Swarm:
    """What a swarm knows after some rounds.

    Attributes:
        momentum: Of each particle, ``[members x parameters]``.
        best: Where each particle has seen its lowest cost, the latest of equals.
        costs: Those costs, ``[members]``.
    """

    momentum: Vector
    best: Vector
    costs: Vector


def swarm_after(rounds: Sequence[Round], *, shared: bool) -> Swarm:
    """Follow a swarm through its rounds.

    Args:
        rounds: All rounds that are through, at least one.
        shared: Whether all particles have one momentum, pulled as the last one is, once for each
            of them.
    """
    best = np.array(rounds[0].vectors)
    costs = np.full(len(best), np.inf)
    leader, lowest = best[0], np.inf
    momentum = np.zeros_like(best)
    for number, each in enumerate(rounds, start=1):
        places = np.array(each.vectors)
        better = each.costs <= costs
        best = np.where(better[:, None], places, best)
        costs = np.where(better, each.costs, costs)
        first = int(np.argmin(each.costs))
        if each.costs[first] <= lowest:
            leader, lowest = places[first], each.costs[first]
        friction = 1 - 3 * ALPHA / number
        pull = ALPHA * (places - best) + ALPHA * (places - leader)
        for _ in places if shared else places[:1]:
            momentum = friction * momentum - (pull[-1] if shared else pull)
    return Swarm(momentum, best, costs)
