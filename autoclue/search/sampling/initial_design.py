"""The first trials of a study, spread over its space.

Before TPE has seen anything, a random draw tries some choices twice and leaves others out. Here
each parameter takes a value that the fewest trials have had so far, so that every choice is tried
before one is repeated: a Latin hypercube (McKay, Beckman and Conover 1979) that grows trial by
trial, with the baseline as its first point. A range counts as eight equal parts, or as
its values where it has fewer; a step may round a value over the edge of its part.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol, cast

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from autoclue.search.store import optuna_internals

MOST_PARTS = 8
COUNTED = (TrialState.RUNNING, TrialState.COMPLETE, TrialState.PRUNED)
Range = FloatDistribution | IntDistribution


class Independent(Protocol):
    """What draws one parameter by itself: any of Optuna's samplers, and ``InitialDesign``."""

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Draw a value."""


class InitialDesign:
    """Draws each parameter where the fewest trials have been so far."""

    def __init__(self, seed: int) -> None:
        """Prepare one trial.

        Args:
            seed: Decides between equals, and the place within a part of a range.
        """
        self._draw = random.Random(seed)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Draw a value for a parameter; trials that failed don't count."""
        others = optuna_internals.trials_of(study, COUNTED, as_asked=True)
        tried = [t.params[param_name] for t in others if param_name in t.params]
        return least_tried(param_distribution, tried, self._draw)


def least_tried(
    distribution: BaseDistribution, tried: Iterable[Any], draw: random.Random
) -> str | int | float | bool | None:
    """Draw a value from one of the parts that have been tried least.

    Args:
        distribution: What may be drawn.
        tried: Values so far; those outside of the distribution don't count.
        draw: Decides between equals, and the place within a part.
    """
    times = Counter(part for value in tried if (part := part_of(distribution, value)) is not None)
    every = range(parts(distribution))
    fewest = min(times[part] for part in every)
    part = draw.choice([part for part in every if times[part] == fewest])
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[part]
    return _place(cast(Range, distribution), (part + draw.random()) / len(every))


def parts(distribution: BaseDistribution) -> int:
    """Return how many parts a parameter has: its choices, or equal parts of its range."""
    if isinstance(distribution, CategoricalDistribution):
        return len(distribution.choices)
    found = cast(Range, distribution)
    if found.single():
        return 1
    if found.step is None:
        return MOST_PARTS
    return min(round((found.high - found.low) / found.step) + 1, MOST_PARTS)


def part_of(distribution: BaseDistribution, value: Any) -> int | None:
    """Return the part in which a value lies; ``None`` where it is none of the distribution's."""
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices.index(value) if value in distribution.choices else None
    found = cast(Range, distribution)
    if not isinstance(value, int | float) or not found.low <= value <= found.high:
        return None
    low, high = _edges(found)
    place = ((math.log(value) if found.log else value) - low) / (high - low)
    return min(int(place * parts(found)), parts(found) - 1)


def _place(found: Range, share: float) -> int | float:
    """Return the value at a share of the way through a range, on its step and its scale."""
    low, high = _edges(found)
    value = low + share * (high - low)
    value = math.exp(value) if found.log else value
    if found.step is not None:
        value = found.low + round((value - found.low) / found.step) * found.step
    value = min(max(value, found.low), found.high)
    return int(value) if isinstance(found, IntDistribution) else float(value)


def _edges(found: Range) -> tuple[float, float]:
    """Return the ends of a range on its scale, half a step further out where it has steps."""
    half = 0 if found.step is None else found.step / 2
    low, high = found.low - half, found.high + half
    if found.single():
        low, high = low - 0.5, high + 0.5
    return (math.log(low), math.log(high)) if found.log else (low, high)
