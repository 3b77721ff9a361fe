"""What tests have live in the processes of a group."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.training import TrialConfig
from autoclue.training.data.workspace import Workspace
from autoclue.training.evaluate.evaluation import compute_outputs
from autoclue.training.loop.trial import Trial
from autoclue.training.ranks import Ranks
from tests.training.loop.whole_trials import curve

Weights = Mapping[str, NDArray[Any]]


class Trainee:
    """Trains one configuration after another, and shows what it has come to."""

    def __init__(self, ranks: Ranks, tell: Callable[[object], None]) -> None:
        self.ranks = ranks
        self.workspace: Workspace | None = None
        self.trial: Trial | None = None

    def begin(self, config: Mapping[str, Any], cache: Path, folder: Path | None = None) -> int:
        """Load a trial, and return the steps that it has done already."""
        self.workspace = self.workspace or Workspace(cache=cache)
        self.trial = Trial(
            TrialConfig.model_validate(config),
            self.workspace,
            folder=folder if self.ranks.rank == 0 else None,
            resume=True,
            ranks=self.ranks,
        )
        return self.trial.step

    def advance(self) -> bool:
        assert self.trial is not None
        return self.trial.advance() is not None

    def weights(self) -> list[Weights]:
        """Return the weights of all ranks."""
        assert self.trial is not None
        return self.ranks.gather(weights_of(self.trial))

    def curve(self) -> list[tuple[float, ...]]:
        assert self.trial is not None
        return curve(self.trial)

    def outputs(self) -> list[NDArray[Any]]:
        """Return what the network computes for the development set."""
        assert self.trial is not None
        return list(outputs_of(self.trial, self.ranks))

    def die(self, rank: int) -> None:
        """Let one rank be killed, while the others wait for it."""
        if self.ranks.rank == rank:
            os.kill(os.getpid(), signal.SIGKILL)
        self.ranks.share(None)

    def fail(self, rank: int) -> None:
        """Let one rank raise an error, while the others wait for it."""
        if self.ranks.rank == rank:
            raise ValueError(f"rank {rank} has no more memory")
        self.ranks.gather(None)

    def process(self) -> list[int]:
        return self.ranks.gather(os.getpid())

    def stand_still(self, seconds: float) -> None:
        """Let the last rank do nothing, while the others wait for it."""
        if self.ranks.rank == self.ranks.count - 1:
            time.sleep(seconds)
        self.ranks.share(None)


def weights_of(trial: Trial) -> Weights:
    return {n: np.array(p.numpy()) for n, p in trial.learner.network.named_parameters()}


def outputs_of(trial: Trial, ranks: Ranks) -> list[NDArray[Any]]:
    needed = trial._materials
    return compute_outputs(
        trial.learner.network, needed.head, needed.dev, pad_id=trial._pad_id, ranks=ranks
    )
