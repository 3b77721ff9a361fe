"""Translate search spaces into Optuna's distributions."""

from __future__ import annotations

from collections.abc import Mapping

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from autoclue.space.parameters import Choice, Fixed, FloatRange, IntRange, Scalar
from autoclue.space.search_space import SearchSpace

Searched = Choice | FloatRange | IntRange


def distributions(space: SearchSpace) -> dict[str, BaseDistribution]:
    """Return the distribution of every searched parameter, conditional ones too, in order.

    Fixed values have none. A range that its step doesn't divide ends at its last value.
    """
    return {
        name: _distribution(parameter)
        for name, parameter in space.parameters.items()
        if not isinstance(parameter, Fixed)
    }


def conditions(space: SearchSpace) -> dict[str, Mapping[str, tuple[Scalar, ...]]]:
    """Return, for each conditional parameter, the values of others that make it active."""
    return {name: p.when for name, p in space.parameters.items() if p.when}


def suggest(space: SearchSpace, trial: optuna.trial.BaseTrial) -> dict[str, Scalar]:
    """Ask Optuna for one configuration, parameter by parameter.

    Only active parameters are asked for, so the study never holds a value that nothing used.

    Args:
        space: What to choose from.
        trial: A trial that was asked for without distributions, or a ``FixedTrial``.

    Returns:
        The active settings in the space's order, fixed ones included, as plain Python values.
    """
    params: dict[str, Scalar] = {}
    for name, parameter in space.parameters.items():
        if not space.active(params, name):
            continue
        if isinstance(parameter, Fixed):
            params[name] = parameter.value
        else:
            params[name] = _ask(trial, name, parameter)
    return params


def _ask(trial: optuna.trial.BaseTrial, name: str, parameter: Searched) -> Scalar:
    if isinstance(parameter, Choice):
        return trial.suggest_categorical(name, parameter.choice)
    low, high, step, log = parameter.bounds[0], parameter.highest(), parameter.step, parameter.log
    if isinstance(parameter, IntRange):
        return trial.suggest_int(name, int(low), int(high), step=parameter.step, log=log)
    return trial.suggest_float(name, low, high, step=step, log=log)


def _distribution(parameter: Searched) -> BaseDistribution:
    if isinstance(parameter, Choice):
        return CategoricalDistribution(parameter.choice)
    low, high, step, log = parameter.bounds[0], parameter.highest(), parameter.step, parameter.log
    if isinstance(parameter, IntRange):
        return IntDistribution(int(low), int(high), log=log, step=parameter.step)
    return FloatDistribution(low, high, log=log, step=step)
