"""HAZero of PaddleHub: CMA-ES around the initial values, a whole round at once.

Hansen & Ostermeier 2001 through the package ``cmaes``, without its bounds: it works in the
unbounded space that `boundary` folds into the box, as the ``cma`` of PaddleHub did. It is told
what the ledger holds, and a point is drawn through the symmetric root of the covariance, which
doesn't depend on the signs or the order of eigenvectors as a machine's linear algebra gives them.
PaddleHub ended a search whose scores were all alike; on a development set of some hundred rows
ties are common, and here they end nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.search.sampling.population.boundary import Vector, folded, unfolded
from autoclue.search.sampling.population.coordinates import axes_of
from autoclue.search.sampling.population.population import (
    Beginning,
    Coordinates,
    Round,
    coordinates_of,
    draws,
)
from autoclue.search.store import optuna_internals
from autoclue.space import SearchSpace

DIGITS = 10
"""Decimals of a proposed coordinate: machines whose sums differ in the last bit propose alike."""


@dataclass(frozen=True, slots=True)
class HaZero:
    """Adapt a normal distribution, a whole round at once; PaddleHub's HAZero."""

    name: ClassVar[str] = "hazero"

    first_sigma: float = Field(
        default=0.2,
        gt=0,
        le=2,
        description="Spread of the first round around the start; each range is 2 wide.",
    )

    def check(self, space: SearchSpace) -> None:
        """Refuse a space with fewer than two parameters; see ``Population``."""
        found = axes_of(space)
        if len(found) < 2:
            raise UsageError(
                f"The hazero sampler needs at least two parameters to search, and the space "
                f"{space.name!r} has {len(found)}; use --sampler pshe2."
            )

    def propose(self, rounds: Sequence[Round], begin: Beginning) -> tuple[Coordinates, ...]:
        """Draw the next round around the mean that the rounds so far have given."""
        dimensions = len(begin.start)
        drawn = [
            draws(begin.seed, len(rounds), place).randn(dimensions) for place in range(begin.size)
        ]
        return coordinates_of(self.placed(rounds, begin, np.array(drawn)).round(DIGITS))

    def placed(self, rounds: Sequence[Round], begin: Beginning, drawn: Vector) -> Vector:
        """Return the next round for given random numbers.

        Args:
            rounds: Those that are through.
            begin: Where the search begins.
            drawn: Standard normal numbers ``[members x parameters]``.
        """
        mean, spread = optuna_internals.cma_after(
            unfolded(begin.start),
            self.first_sigma,
            [(np.array(each.vectors), each.costs) for each in rounds],
            population=begin.size,
        )
        return np.asarray(mean + drawn @ spread)

    def inside(self, vector: Coordinates) -> Coordinates:
        """Fold coordinates into the box."""
        return tuple(float(each) for each in folded(vector))
