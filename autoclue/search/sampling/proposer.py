"""Which configuration to try next: Optuna's samplers, made repeatable and free of repetition.

A sampler is made anew for every trial, seeded by the study's seed and the trial's number. What
it proposes depends on those and on the ledger alone, so that a study which was interrupted goes
on as if it had not been.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from autoclue.records import Scalar
from autoclue.search.sampling.history import StudyInSpace, asked_before, params_key
from autoclue.search.sampling.random_search import RandomSearch
from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Sampler, find_single
from autoclue.search.store import Renamed
from autoclue.space import FloatRange, Parameter, SearchSpace
from autoclue.space.optuna_adapter import distributions


@dataclass(slots=True)
class Proposer(BaseSampler):
    """Hands Optuna a whole configuration at once; the framework imposes the base class.

    Attributes:
        space: What may be tried.
        sampler: One of ``SAMPLERS``, with or without values of its parameters.
        seed: The study's root seed.
        names: Stored names of parameters that differ from their own, see ``stored_names``.
        changed: Whether the study holds trials of another version of the space.
        forced: Values for the next trial instead of a proposal, by stored name.
    """

    space: SearchSpace
    sampler: str
    seed: int
    names: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False
    forced: Mapping[str, Scalar] | None = None

    def stored(self, name: str) -> str:
        """Return the name under which the study holds a parameter."""
        return self.names.get(name, name)

    def renamed(self, trial: optuna.trial.Trial) -> optuna.trial.BaseTrial:
        """Return a trial that is asked for parameters by their own names."""
        return cast(optuna.trial.BaseTrial, Renamed(trial, self.names)) if self.names else trial

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Return the whole space: it is known, and needn't be guessed from past trials."""
        return {self.stored(name): d for name, d in distributions(self.space).items()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Propose values for every active parameter; see ``exhausted`` for when none is left."""
        if self.forced is not None:
            return dict(self.forced)
        proposal = self._propose(study, trial, distributions(self.space))
        return {self.stored(name): value for name, value in proposal.items()}

    def _propose(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Scalar]:
        asked = asked_before(study, self.space, before=trial.number, changed=self.changed)
        chosen = find_single(self.sampler)
        for attempt in range(chosen.attempts + ATTEMPTS):
            sampler = chosen if attempt < chosen.attempts else RandomSearch()
            proposal = self._draw(study, trial, search_space, attempt, sampler, asked)
            if params_key(proposal) not in asked:
                return proposal
        left = self._last_resort(asked, trial.number)
        return proposal if left is None else left

    def exhausted(self, study: Study) -> bool:
        """Return whether the space is finite and has been asked for completely."""
        size = self.space.size()
        if size is None:
            return False
        return len(asked_before(study, self.space, before=-1, changed=self.changed)) >= size

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Refuse: every value has been proposed in ``sample_relative``."""
        raise AssertionError(f"{param_name} was not proposed together with the others")

    def _draw(
        self,
        study: Study,
        trial: FrozenTrial,
        search_space: Mapping[str, BaseDistribution],
        attempt: int,
        sampler: Sampler,
        asked: Collection[str],
    ) -> dict[str, Scalar]:
        seeds = np.random.SeedSequence([self.seed, trial.number, attempt]).generate_state(2)
        together = {
            name: d
            for name, d in search_space.items()
            if not self.space.parameters[name].when and not d.single()
        }
        drawers = sampler.make(
            Draw(
                space=self.space,
                together=together,
                seed=int(seeds[0]),
                alone_seed=int(seeds[1]),
                attempt=attempt,
                was_asked=lambda drawn: self._was_asked(drawn, search_space, asked),
                left=lambda: self._left(asked),
            )
        )
        alone = cast(Study, StudyInSpace(study, self.space, {})) if self.changed else study
        over = dict(drawers.over)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            view = cast(Study, StudyInSpace(study, self.space, over, translate=self.changed))
            drawn = drawers.joint.sample_relative(view, trial, over)
        params: dict[str, Scalar] = {}
        for name, distribution in search_space.items():
            if not self.space.active(params, name):
                continue
            if name in drawn:
                value = drawn[name]
            else:
                source = drawers.rest if drawn else drawers.start
                value = source.sample_independent(alone, trial, name, distribution)
            params[name] = _on_grid(self.space.parameters[name], value)
        return params

    def _was_asked(
        self,
        drawn: Mapping[str, Any],
        search_space: Mapping[str, BaseDistribution],
        asked: Collection[str],
    ) -> bool:
        """Return whether values drawn together were asked; unknown is no."""
        params: dict[str, Scalar] = {}
        for name, distribution in search_space.items():
            if not self.space.active(params, name):
                continue
            if name in drawn:
                params[name] = _on_grid(self.space.parameters[name], drawn[name])
            elif distribution.single():
                params[name] = _only_value(distribution)
            else:
                return False
        return params_key(params) in asked

    def _left(self, asked: Collection[str]) -> list[dict[str, Scalar]]:
        """List the points of a finite space that haven't been asked."""
        return [p for p in map(self._searched, self.space.grid()) if params_key(p) not in asked]

    def _last_resort(self, asked: set[str], number: int) -> dict[str, Scalar] | None:
        """Pick at random among what is left; ``None`` where that can't be listed."""
        if self.space.size() is None:
            return None
        return random.Random(f"{self.seed}-{number}").choice(self._left(asked))

    def _searched(self, point: Mapping[str, Scalar]) -> dict[str, Scalar]:
        names = distributions(self.space)
        return {name: value for name, value in point.items() if name in names}


def _on_grid(parameter: Parameter, value: Scalar) -> Scalar:
    """Return the step of a range that a value means: Optuna's third step of 0.1 is not 0.3."""
    if not isinstance(parameter, FloatRange) or parameter.step is None:
        return value
    low, step = Decimal(str(parameter.bounds[0])), Decimal(str(parameter.step))
    return float(low + round((cast(float, value) - float(low)) / float(step)) * step)


def _only_value(distribution: BaseDistribution) -> Scalar:
    if isinstance(distribution, FloatDistribution | IntDistribution):
        return distribution.low
    return cast(CategoricalDistribution, distribution).choices[0]
