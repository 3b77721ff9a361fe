"""Scalars of every trial for TensorBoard and VisualDL, by their own writers."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autoclue.errors import FolderError
from autoclue.records import Evaluation, LayerRate, TrialState
from autoclue.search.store import Prepared
from autoclue.search.tuner import Silent
from autoclue.training import TrialConfig

LOGS = "logs"
"""Folder of the scalars in that of a study; below it one for each tool, and in that each trial."""


class ScalarWriter(Protocol):
    """Writes the scalars of one trial."""

    def add(self, name: str, value: float, step: int) -> None:
        """Write a scalar."""

    def close(self) -> None:
        """Bring everything to the disk."""


class _TensorBoard:
    def __init__(self, folder: Path) -> None:
        from tensorboardX import SummaryWriter

        self._writer = SummaryWriter(str(folder))

    def add(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class _VisualDL:
    def __init__(self, folder: Path) -> None:
        from visualdl import LogWriter

        self._writer = LogWriter(logdir=str(folder))

    def add(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(tag=name, step=step, value=value)

    def close(self) -> None:
        self._writer.close()


WRITERS: Mapping[str, Callable[[Path], ScalarWriter]] = {
    "tensorboard": _TensorBoard,
    "visualdl": _VisualDL,
}
"""Each tool's writer; its folder is made by it."""


def scalars_of(evaluation: Evaluation, rates: Collection[LayerRate]) -> dict[str, float]:
    """Return what is written of an evaluation, by name; no number that is not finite.

    Args:
        evaluation: The evaluation.
        rates: The trial's multipliers of the learning rate by depth.
    """
    found = {
        "score/development": evaluation.score,
        "loss/train": evaluation.train_loss,
        "loss/development": evaluation.dev_loss,
        "speed/steps_per_s": evaluation.steps_per_s,
        "rate/base": evaluation.learning_rate,
    }
    if evaluation.holdout_score is not None:
        found["score/held_out"] = evaluation.holdout_score
    for each in rates:
        scale = each.lr_scale_high if each.trains else 0.0
        label = each.label.replace(" ", "_")
        found[f"rate/{each.depth:02d}_{label}"] = scale * evaluation.learning_rate
    return {name: value for name, value in found.items() if math.isfinite(value)}


@dataclass(slots=True)
class ScalarLogs(Silent):
    """A listener that writes each evaluation of each trial.

    Attributes:
        folder: The study's folder.
        kinds: The tools, by the names of ``WRITERS``.
    """

    folder: Path
    kinds: Collection[str]
    _writers: dict[int, list[ScalarWriter]] = field(default_factory=dict)
    _rates: dict[int, tuple[LayerRate, ...]] = field(default_factory=dict)

    def started(self, number: int, config: TrialConfig) -> None:
        """Open the trial's logs."""
        self._writers[number] = [
            _open(WRITERS[kind], self.folder / LOGS / kind / f"{number:04d}")
            for kind in self.kinds
        ]

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Keep the trial's rates by depth."""
        self._rates[number] = prepared.layer_rates

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Write what an evaluation tells."""
        for name, value in scalars_of(evaluation, self._rates.get(number, ())).items():
            for writer in self._writers.get(number, ()):
                writer.add(name, value, evaluation.step)

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Close the trial's logs."""
        for writer in self._writers.pop(number, ()):
            writer.close()

    def close(self) -> None:
        """Close the logs of the trials that are still running."""
        for number in list(self._writers):
            self.ended(number, TrialState.RUNNING, score=None, reason=None)


def _open(make: Callable[[Path], ScalarWriter], folder: Path) -> ScalarWriter:
    try:
        return make(folder)
    except OSError as error:
        raise FolderError.writing("The scalars", folder, error) from error


@contextlib.contextmanager
def scalar_logs(folder: Path, kinds: Collection[str]) -> Iterator[ScalarLogs]:
    """Write scalars while the context lasts; nothing for no kinds.

    Args:
        folder: The study's folder.
        kinds: The tools, by the names of ``WRITERS``.
    """
    logs = ScalarLogs(folder, kinds)
    try:
        yield logs
    finally:
        logs.close()
