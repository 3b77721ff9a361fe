"""What samplers see of a study: its trials in the terms of today's space, and what was asked."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping

from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from autoclue.records import Scalar
from autoclue.search.store import lies_outside_space, optuna_internals, plain_name
from autoclue.space import Fixed, SearchSpace
from autoclue.space.optuna_adapter import distributions


class StudyInSpace(optuna_internals.StudyView):
    """A study as a sampler shall see it.

    Trials that lack one of some parameters are hidden: the GP sampler stumbles over a baseline
    outside the space. Where the space has changed since, trials show today's names and ranges,
    and those outside of today's ranges are hidden too.
    """

    def __init__(
        self,
        study: Study,
        space: SearchSpace,
        needed: Collection[str],
        *,
        translate: bool = True,
    ) -> None:
        super().__init__(study)
        self._space = space
        self._needed = needed
        self._translate = translate

    def shown(self, trials: list[FrozenTrial]) -> list[FrozenTrial]:
        """Return the trials that have the needed parameters, in the terms of today's space."""
        found = trials
        if self._translate:
            found = [t for each in trials if (t := self._today(each)) is not None]
        return [t for t in found if all(name in t.params for name in self._needed)]

    def _today(self, trial: FrozenTrial) -> FrozenTrial | None:
        known = distributions(self._space)
        params = {n: v for s, v in trial.params.items() if (n := plain_name(s)) in known}
        if not all(self._space.parameters[n].contains(v) for n, v in params.items()):
            return None
        translated = copy.copy(trial)
        translated.params = params
        translated.distributions = {name: known[name] for name in params}
        return translated


def asked_before(study: Study, space: SearchSpace, *, before: int, changed: bool) -> set[str]:
    """Collect the configurations of this space asked so far, this trial left out.

    The baseline counts where it lies in the space; so does what an older version asked.
    """
    states = (TrialState.RUNNING, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
    found = set()
    for trial in study.get_trials(deepcopy=False, states=states):
        if trial.number == before or lies_outside_space(trial):
            continue
        params = {plain_name(stored): value for stored, value in trial.params.items()}
        if not changed:
            found.add(params_key(params))
        elif _lies_in(space, params):
            searched = distributions(space).keys()
            found.add(params_key({n: v for n, v in params.items() if n in searched}))
    return found


def _lies_in(space: SearchSpace, params: Mapping[str, Scalar]) -> bool:
    """Return whether searched values are a configuration of a space."""
    seen: dict[str, Scalar] = {}
    for name, parameter in space.parameters.items():
        if space.active(seen, name):
            fixed = {name: parameter.value} if isinstance(parameter, Fixed) else {}
            if name not in params and not fixed:
                return False
            seen[name] = {**fixed, **params}[name]
    return set(params) <= set(seen) and space.contains(seen)


def params_key(params: Mapping[str, Scalar]) -> str:
    """Return a canonical text of a configuration."""
    return repr(sorted(params.items()))
