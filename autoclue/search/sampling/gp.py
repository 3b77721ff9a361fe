"""A Gaussian process: Optuna's own, which needs PyTorch."""

from __future__ import annotations

import importlib.util
from typing import ClassVar

from optuna.samplers import GPSampler
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import MissingDependencyError
from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Drawers
from autoclue.space import SearchSpace


@dataclass(frozen=True, slots=True)
class Gp:
    """Model the scores by a Gaussian process and try where it promises most."""

    name: ClassVar[str] = "gp"
    attempts: ClassVar[int] = ATTEMPTS

    startup_trials: int = Field(
        default=8, ge=1, description="Complete trials before it proposes anything."
    )

    def check(self, space: SearchSpace) -> None:
        """Accept every space, if PyTorch is there; see ``Sampler``."""
        if importlib.util.find_spec("torch") is None:
            raise MissingDependencyError(
                "The gp sampler needs PyTorch; run: pip install 'autoclue[gp]', or use --sampler "
                "tpe."
            )

    def make(self, draw: Draw) -> Drawers:
        """Make Optuna's sampler; see ``Sampler``."""
        inner = GPSampler(seed=draw.seed, n_startup_trials=self.startup_trials)
        return Drawers.around(inner, draw)
