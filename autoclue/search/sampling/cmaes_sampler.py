"""CMA-ES, rebuilt from the ledger at every ask.

Hansen & Ostermeier 2001 through the package ``cmaes``. Optuna's own sampler keeps its optimizer
pickled in the study, and opening a stranger's study would then run their code; here a trial keeps
the number of its generation and nothing else, and the optimizer is told all finished generations
anew, which costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Drawers, numeric
from autoclue.search.store import optuna_internals
from autoclue.space import SearchSpace
from autoclue.space.optuna_adapter import distributions

GENERATION = "autoclue:generation"


@dataclass(frozen=True, slots=True)
class CmaEs:
    """Adapt a normal distribution over the numeric ranges; choices are drawn at random."""

    name: ClassVar[str] = "cmaes"
    attempts: ClassVar[int] = ATTEMPTS

    first_sigma: float = Field(
        default=1 / 6,
        gt=0,
        le=1,
        description="Spread of the first generation around the middle, in shares of each range.",
    )

    def check(self, space: SearchSpace) -> None:
        """Refuse a space without a numeric range; see ``Sampler``."""
        if not numeric(distributions(space)):
            raise UsageError(
                f"The cmaes sampler needs a numeric range, and the space {space.name!r} has only "
                "choices; use --sampler tpe."
            )

    def make(self, draw: Draw) -> Drawers:
        """Propose the numbers together and draw the choices alone; see ``Sampler``."""
        chance = RandomSampler(seed=draw.alone_seed)
        inner = CmaSampler(seed=draw.seed, first_sigma=self.first_sigma)
        return Drawers(inner, numeric(draw.together), chance, chance)


class CmaSampler(BaseSampler):
    """Proposes numbers; the framework imposes the base class.

    What it proposes depends on its seed and on the complete trials of the study.
    """

    def __init__(self, *, seed: int, first_sigma: float) -> None:
        """Draw from this seed, the first generation with this spread."""
        self._seed = seed
        self._first_sigma = first_sigma

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Leave the space to the caller."""
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Propose a value for each numeric parameter, and note the trial's generation."""
        if not search_space:
            return {}
        complete = optuna_internals.trials_of(study, (TrialState.COMPLETE,))
        transform = optuna_internals.unit_cube(search_space)
        optimizer = _rebuilt(complete, transform, search_space, first_sigma=self._first_sigma)
        optuna_internals.note_of_sampler(study, trial, GENERATION, optimizer.generation)
        optuna_internals.seed_cma(optimizer, self._seed)
        proposed: dict[str, Any] = transform.untransform(optimizer.ask())
        return proposed

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Refuse: choices are drawn by the caller."""
        raise AssertionError(f"CMA-ES was asked for {param_name} alone")


def _rebuilt(
    complete: Sequence[FrozenTrial],
    transform: optuna_internals.SpaceTransform,
    search_space: Mapping[str, BaseDistribution],
    *,
    first_sigma: float,
) -> Any:
    """Make an optimizer that has been told every generation that is through."""
    import cmaes

    dimensions = len(search_space)
    bounds = np.tile([0.0, 1.0], (dimensions, 1))
    optimizer = cmaes.CMA(mean=np.full(dimensions, 0.5), sigma=first_sigma, bounds=bounds, seed=0)
    while True:
        told = [
            t
            for t in complete
            if optuna_internals.noted_by_sampler(t, GENERATION) == optimizer.generation
        ]
        if len(told) < optimizer.population_size:
            return optimizer
        generation = told[: optimizer.population_size]
        optimizer.tell(
            [
                (transform.transform({n: t.params[n] for n in search_space}), -t.value)
                for t in generation
                if t.value is not None  # which is so for every complete trial
            ]
        )
