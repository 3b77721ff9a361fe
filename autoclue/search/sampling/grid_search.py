"""The grid of a finite space, point by point."""

from __future__ import annotations

from typing import Any, ClassVar

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial
from pydantic.dataclasses import dataclass

from autoclue.search.sampling.sampler import Draw, Drawers
from autoclue.space import SearchSpace


@dataclass(frozen=True, slots=True)
class GridSearch:
    """Try every combination of a finite space, the first parameter varying slowest."""

    name: ClassVar[str] = "grid"
    attempts: ClassVar[int] = 1

    def check(self, space: SearchSpace) -> None:
        """Refuse a space without an end; see ``Sampler``."""
        space.grid()

    def make(self, draw: Draw) -> Drawers:
        """Take the first combination that hasn't been asked; see ``Sampler``."""
        return Drawers.around(_FirstLeft(draw), draw)


class _FirstLeft(BaseSampler):
    """Proposes a whole point of the grid; the framework imposes the base class."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return {}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        left = self._draw.left()
        if not left:
            raise AssertionError("an exhausted grid was asked for more")
        return left[0]

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        raise AssertionError(f"{param_name} is no parameter of the grid")
