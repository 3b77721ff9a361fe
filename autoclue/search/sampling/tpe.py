"""TPE among what a study has not asked yet.

TPE draws candidates where good trials are dense and proposes the one at which good trials are
densest against the others. In a space of choices that is soon, again and again, one of the few
that were asked already, and drawing anew changes little. Here a candidate that was asked is out,
so that the best of the others is proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.study import Study
from optuna.trial import FrozenTrial
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.search.sampling.initial_design import InitialDesign, parts
from autoclue.search.sampling.sampler import Draw, Drawers
from autoclue.search.store import optuna_internals
from autoclue.space import SearchSpace
from autoclue.space.optuna_adapter import distributions

MOST_STARTUP_TRIALS = 8
FEWEST_STARTUP_TRIALS = 4
MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class Tpe:
    """Try where good trials are dense; the first ones cover every choice."""

    name: ClassVar[str] = "tpe"
    attempts: ClassVar[int] = 8

    startup_trials: int | None = Field(
        default=None,
        ge=1,
        description="Finished trials before it proposes anything; left out, as many as the "
        "longest list of choices, from 4 to 8.",
    )
    candidates: int = Field(
        default=24, ge=1, description="Settings that are drawn and rated for each proposal."
    )

    def check(self, space: SearchSpace) -> None:
        """Accept every space; see ``Sampler``."""

    def make(self, draw: Draw) -> Drawers:
        """Begin with a design over the whole space; see ``Sampler``."""
        startup = self.startup_trials
        inner = UnaskedTpe(
            seed=draw.seed,
            startup_trials=startup_trials(draw.space) if startup is None else startup,
            attempt=draw.attempt,
            asked=draw.was_asked,
            candidates=self.candidates,
        )
        return Drawers(inner, draw.together, InitialDesign(draw.alone_seed), inner)


def startup_trials(space: SearchSpace) -> int:
    """Return for how many trials TPE waits: so that every choice can have been tried once."""
    most = max(map(parts, distributions(space).values()), default=0)
    return min(max(most, FEWEST_STARTUP_TRIALS), MOST_STARTUP_TRIALS)


class UnaskedTpe(optuna_internals.FilteringTpe):
    """Optuna's TPE without what was asked; the framework imposes the base class.

    Every argument of it is written out, so that a new Optuna changes nothing.
    """

    def __init__(
        self,
        *,
        seed: int,
        startup_trials: int,
        attempt: int,
        asked: Callable[[Mapping[str, Any]], bool],
        candidates: int,
    ) -> None:
        """Prepare one proposal.

        Args:
            seed: Decides the candidates.
            startup_trials: Finished trials before it proposes anything.
            attempt: How often all candidates had been asked; each time there are twice as many.
            asked: Tells whether values of all parameters proposed together were asked.
            candidates: How many there are at the first attempt.
        """
        super().__init__(
            n_startup_trials=startup_trials,
            n_ei_candidates=candidates << min(attempt, MOST_DOUBLINGS),
            multivariate=True,
            group=False,
            constant_liar=True,
            seed=seed,
        )
        self._was_asked = asked
        self._together: Mapping[str, BaseDistribution] = {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Propose values for these parameters together, ``{}`` before there are enough trials."""
        self._together = search_space
        return super().sample_relative(study, trial, search_space)

    def rate(
        self, samples: optuna_internals.Samples, rated: np.ndarray[Any, Any]
    ) -> np.ndarray[Any, Any]:
        """Rate candidates; those that were asked come last."""
        if samples.keys() != self._together.keys():  # one parameter by itself
            return rated
        for place in range(rated.size):
            values = {
                name: known.to_external_repr(samples[name][place].item())
                for name, known in self._together.items()
            }
            if self._was_asked(values):
                rated[place] = -np.inf
        return rated
