"""CMA-ES, rebuilt from the ledger at every ask.

Hansen & Ostermeier 2001 through the package ``cmaes``. Optuna's own sampler keeps its optimizer
pickled in the study, and opening a stranger's study would then run their code; here a trial keeps
the number of its generation and nothing else, and the optimizer is told all finished generations
anew, which costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from autoclue.search.store import optuna_internals

GENERATION = "autoclue:generation"
FIRST_SIGMA = 1 / 6
"""Spread of the first generation, in shares of each range, around their middle."""


class CmaSampler(BaseSampler):
    """Proposes numbers; the framework imposes the base class.

    What it proposes depends on its seed and on the complete trials of the study.
    """

    def __init__(self, *, seed: int) -> None:
        """Draw from this seed."""
        self._seed = seed

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
        optimizer = _rebuilt(complete, transform, search_space)
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
) -> Any:
    """Make an optimizer that has been told every generation that is through."""
    import cmaes

    dimensions = len(search_space)
    bounds = np.tile([0.0, 1.0], (dimensions, 1))
    optimizer = cmaes.CMA(mean=np.full(dimensions, 0.5), sigma=FIRST_SIGMA, bounds=bounds, seed=0)
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
