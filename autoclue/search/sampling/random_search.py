"""Random search."""

from __future__ import annotations

from typing import ClassVar

from optuna.samplers import RandomSampler
from pydantic.dataclasses import dataclass

from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Drawers
from autoclue.space import SearchSpace


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """Draw every parameter at random."""

    name: ClassVar[str] = "random"
    attempts: ClassVar[int] = ATTEMPTS

    def check(self, space: SearchSpace) -> None:
        """Accept every space; see ``Sampler``."""

    def make(self, draw: Draw) -> Drawers:
        """Draw by chance alone; see ``Sampler``."""
        return Drawers.around(RandomSampler(seed=draw.seed), draw)
