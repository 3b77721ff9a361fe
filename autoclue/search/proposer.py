"""Which configuration to try next: Optuna's samplers, made repeatable and free of repetition.

A sampler is made anew for every trial, seeded by the study's seed and the trial's number. What
it proposes depends on those and on the ledger alone, so that a study which was interrupted goes
on as if it had not been.
"""

from __future__ import annotations

import importlib.util
import random
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from autoclue.errors import MissingDependencyError, UsageError, unknown_name
from autoclue.records import Scalar
from autoclue.space import FloatRange, Parameter, SearchSpace
from autoclue.space.optuna_adapter import distributions

SAMPLERS = ("tpe", "random", "cmaes", "gp", "grid")
STARTUP_TRIALS = 8
ATTEMPTS = 64


def check_sampler(name: str, space: SearchSpace) -> None:
    """Refuse a sampler that doesn't exist, isn't installed or doesn't suit the space.

    Raises:
        UsageError: With what to do instead.
    """
    if name not in SAMPLERS:
        raise unknown_name("sampler", name, SAMPLERS)
    if name == "grid":
        space.grid()
    if name == "gp" and importlib.util.find_spec("torch") is None:
        raise MissingDependencyError(
            "The gp sampler needs PyTorch; run: pip install 'autoclue[gp]', or use --sampler tpe."
        )
    if name == "cmaes" and not _numeric(distributions(space)):
        raise UsageError(
            f"The cmaes sampler needs a numeric range, and the space {space.name!r} has only "
            "choices; use --sampler tpe."
        )


def _numeric(
    found: Mapping[str, BaseDistribution],
) -> dict[str, BaseDistribution]:
    return {
        name: d for name, d in found.items() if isinstance(d, FloatDistribution | IntDistribution)
    }


def _make(name: str, seed: int) -> BaseSampler:
    """Make a sampler with every argument written out, so that a new Optuna changes nothing."""
    if name == "tpe":
        return optuna.samplers.TPESampler(
            n_startup_trials=STARTUP_TRIALS,
            n_ei_candidates=24,
            multivariate=True,
            group=False,
            constant_liar=True,
            seed=seed,
        )
    if name == "cmaes":
        return optuna.samplers.CmaEsSampler(
            n_startup_trials=1, seed=seed, warn_independent_sampling=False
        )
    if name == "gp":
        return optuna.samplers.GPSampler(seed=seed, n_startup_trials=STARTUP_TRIALS)
    return optuna.samplers.RandomSampler(seed=seed)


@dataclass(slots=True)
class Proposer(BaseSampler):
    """Hands Optuna a whole configuration at once; the framework imposes the base class.

    Attributes:
        space: What may be tried.
        sampler: One of ``SAMPLERS``.
        seed: The study's root seed.
        forced: Values for the next trial instead of a proposal.
    """

    space: SearchSpace
    sampler: str
    seed: int
    forced: Mapping[str, Scalar] | None = None

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Give the whole space: it is known, and needn't be guessed from past trials."""
        return distributions(self.space)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Propose values for every active parameter; see ``exhausted`` for when none is left."""
        if self.forced is not None:
            return dict(self.forced)
        asked = _asked(study, self.space, before=trial.number)
        if self.sampler == "grid":
            return self._first_unasked(asked)
        for attempt in range(2 * ATTEMPTS):
            sampler = self.sampler if attempt < ATTEMPTS else "random"
            proposal = self._draw(study, trial, search_space, attempt, sampler)
            if _identity(proposal) not in asked:
                return proposal
        left = self._last_resort(asked, trial.number)
        return proposal if left is None else left

    def exhausted(self, study: Study) -> bool:
        """Tell whether the space is finite and has been asked for completely."""
        size = self.space.size()
        return size is not None and len(_asked(study, self.space, before=-1)) >= size

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
        sampler: str,
    ) -> dict[str, Scalar]:
        seeds = np.random.SeedSequence([self.seed, trial.number, attempt]).generate_state(2)
        inner = _make(sampler, int(seeds[0]))
        fallback = optuna.samplers.RandomSampler(seed=int(seeds[1]))
        together = {
            name: d
            for name, d in search_space.items()
            if not self.space.parameters[name].when and not d.single()
        }
        if sampler == "cmaes":
            together = _numeric(together)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            drawn = inner.sample_relative(_without_gaps(study, together), trial, together)
        params: dict[str, Scalar] = {}
        for name, distribution in search_space.items():
            if not self.space.active(params, name):
                continue
            if name in drawn:
                value = drawn[name]
            else:
                source = fallback if not drawn or sampler == "cmaes" else inner
                value = source.sample_independent(study, trial, name, distribution)
            params[name] = _on_grid(self.space.parameters[name], value)
        return params

    def _first_unasked(self, asked: set[str]) -> dict[str, Scalar]:
        for point in self.space.grid():
            searched = self._searched(point)
            if _identity(searched) not in asked:
                return searched
        raise AssertionError("an exhausted grid was asked for more")

    def _last_resort(self, asked: set[str], number: int) -> dict[str, Scalar] | None:
        """Pick at random among what is left; ``None`` where that can't be listed."""
        if self.space.size() is None:
            return None
        left = [p for p in map(self._searched, self.space.grid()) if _identity(p) not in asked]
        return random.Random(f"{self.seed}-{number}").choice(left)

    def _searched(self, point: Mapping[str, Scalar]) -> dict[str, Scalar]:
        names = distributions(self.space)
        return {name: value for name, value in point.items() if name in names}


class _WithoutGaps:
    """A study as seen without the trials that lack one of some parameters."""

    def __init__(self, study: Study, names: Collection[str]) -> None:
        self._study = study
        self._names = names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *arguments: Any, **options: Any) -> list[FrozenTrial]:
        found = self._study._get_trials(*arguments, **options)
        return [t for t in found if all(name in t.params for name in self._names)]


def _without_gaps(study: Study, names: Collection[str]) -> Study:
    """Hide a baseline that lies outside the space: the GP sampler stumbles over it."""
    return cast(Study, _WithoutGaps(study, names))


def _asked(study: Study, space: SearchSpace, *, before: int) -> set[str]:
    """Collect the configurations asked so far, baseline included, this trial left out."""
    states = (TrialState.RUNNING, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
    names = list(distributions(space))
    return {
        _identity({n: t.params[n] for n in names if n in t.params})
        for t in study.get_trials(deepcopy=False, states=states)
        if t.number != before and not t.user_attrs.get("outside_space", False)
    }


def _on_grid(parameter: Parameter, value: Scalar) -> Scalar:
    """Give the step of a range that a value stands for: Optuna's third step of 0.1 is not 0.3."""
    if not isinstance(parameter, FloatRange) or parameter.step is None:
        return value
    low, step = Decimal(str(parameter.bounds[0])), Decimal(str(parameter.step))
    return float(low + round((cast(float, value) - float(low)) / float(step)) * step)


def _identity(params: Mapping[str, Scalar]) -> str:
    return repr(sorted(params.items()))
