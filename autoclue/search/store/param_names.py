"""Under which names a study holds the parameters of a space that has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, check_distribution_compatibility

from autoclue.space import SearchSpace
from autoclue.space.optuna_adapter import distributions

MARK = "#"
"""Parts a parameter's stored name from the number that tells it from an older one."""


def plain_name(stored: str) -> str:
    """Return the name of a parameter that the ledger holds under a stored name."""
    return stored.partition(MARK)[0]


def stored_names(space: SearchSpace, known: Mapping[str, BaseDistribution]) -> dict[str, str]:
    """Find the names under which a study can hold a space's parameters.

    Optuna refuses other choices, or another kind of range, under a name that it knows. A changed
    parameter is then held as ``name#2``, ``name#3`` and so on.

    Args:
        space: What may be tried from now on.
        known: A distribution of every stored name, as ``Ledger.known_distributions`` gives them.

    Returns:
        The stored name of each parameter where it isn't the parameter's own.
    """
    names = {}
    for name, distribution in distributions(space).items():
        number, stored = 1, name
        while stored in known and not _compatible(known[stored], distribution):
            number += 1
            stored = f"{name}{MARK}{number}"
        if stored != name:
            names[name] = stored
    return names


def _compatible(known: BaseDistribution, new: BaseDistribution) -> bool:
    try:
        check_distribution_compatibility(known, new)
    except ValueError:
        return False
    return True


class Renamed:
    """A trial that is asked for parameters by their own names and holds them by stored ones."""

    def __init__(self, trial: optuna.trial.Trial, names: Mapping[str, str]) -> None:
        self._trial = trial
        self._names = names

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """Ask for a choice."""
        return self._trial.suggest_categorical(self._names.get(name, name), choices)

    def suggest_int(self, name: str, low: int, high: int, **options: Any) -> int:
        """Ask for a whole number."""
        return self._trial.suggest_int(self._names.get(name, name), low, high, **options)

    def suggest_float(self, name: str, low: float, high: float, **options: Any) -> float:
        """Ask for a number."""
        return self._trial.suggest_float(self._names.get(name, name), low, high, **options)
