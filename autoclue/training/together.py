"""Train one configuration on several cards: what each process does, and what drives them all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Evaluation
from autoclue.training.config import TrialConfig
from autoclue.training.data import Workspace
from autoclue.training.group import RankDiedError, RankGroup
from autoclue.training.logs import Pulse, StepProgress
from autoclue.training.loop import Trial
from autoclue.training.platform import HALF_NEEDS_GPU, available_cores, pick_device, visible_gpus
from autoclue.training.ranks import Ranks

OUTPUT_FILE: Final = "cards.log"
"""What libraries below Python print in the processes; it goes when all went well."""


class _Telling(logging.Handler):
    """Passes lines on to the process that has started this one."""

    def __init__(self, tell: Callable[[object], None]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a line on."""
        self._tell((record.levelno, record.getMessage()))


class TrainingRank:
    """One of the processes that train a configuration together."""

    def __init__(self, ranks: Ranks, tell: Callable[[object], None]) -> None:
        """Load nothing yet.

        Args:
            ranks: The processes.
            tell: Takes lines of the log and the progress, of the first one.
        """
        self._ranks = ranks
        self._tell = tell
        self._trial: Trial | None = None

    def prepare(self, config: Mapping[str, Any], folder: Path, device: str) -> None:
        """Load everything, and go on from the state in the folder if there is one.

        Args:
            config: The settings, as ``TrialConfig`` is written.
            folder: Where state and best model are kept.
            device: Name of the device, as ``pick_device`` takes it.
        """
        log = logging.Logger("autoclue.train")
        first = self._ranks.rank == 0
        log.addHandler(_Telling(self._tell) if first else logging.NullHandler())
        self._trial = Trial(
            TrialConfig.model_validate(config),
            Workspace(),
            device=pick_device(device),
            folder=folder if first else None,
            log=log,
            resume=True,
            pulse=Pulse(self._tell) if first else None,
            ranks=self._ranks,
        )

    def advance(self) -> bool:
        """Go on to the next evaluation; return whether there was one."""
        return self._trial is not None and self._trial.advance() is not None

    def history(self) -> tuple[Evaluation, ...]:
        """Return all evaluations so far."""
        return () if self._trial is None else self._trial.history


def check_cards(config: TrialConfig, device: str) -> None:
    """Refuse to train on more cards than there are, or in numbers that the device doesn't have.

    Args:
        config: The settings.
        device: Name of the device, as ``pick_device`` takes it.

    Raises:
        UsageError: There are fewer, or the device can't be one of several.
    """
    if config.cards == 1 and config.precision == "fp32":
        return
    chosen = pick_device(device)
    if config.precision != "fp32" and not chosen.startswith("gpu"):
        raise UsageError(HALF_NEEDS_GPU)
    if config.cards == 1:
        return
    if chosen.startswith("xpu"):
        raise UsageError("Several cards train a model on GPUs or on the CPU alone; leave one.")
    on_gpu = chosen != "cpu"
    there, unit = (visible_gpus(), "GPUs") if on_gpu else (available_cores(), "CPU cores")
    if config.cards > there:
        raise UsageError(
            f"{config.cards} cards a trial are asked for, but this machine has {there} {unit} "
            f"that can be used; give --cards-per-trial {there} or less."
        )


def train_together(
    config: TrialConfig,
    folder: Path,
    device: str,
    log: logging.Logger,
    tell: Callable[[StepProgress], None] | None,
) -> tuple[Evaluation, ...]:
    """Train a configuration with as many processes as it has cards, and return its evaluations.

    Args:
        config: The settings.
        folder: Where state and best model are kept; one that is there is gone on from.
        device: Name of the device, as ``pick_device`` takes it.
        log: Gets the lines of the log.
        tell: Is told of the steps.

    Raises:
        AutoclueError: A process has died, or something can't be read or written.
    """

    def heard(value: object) -> None:
        if isinstance(value, StepProgress):
            if tell is not None:
                tell(value)
        elif isinstance(value, Sequence):
            log.log(*value)

    kind = "cpu" if pick_device(device) == "cpu" else "gpu"
    target = f"{__name__}:{TrainingRank.__name__}"
    output = folder / OUTPUT_FILE
    group = RankGroup(target, config.cards, kind, heard=heard, output=output)
    try:
        group.call("prepare", config.model_dump(), folder, kind)
        began = time.monotonic()
        while group.call("advance"):
            group.patience.note(time.monotonic() - began)
            began = time.monotonic()
        found: tuple[Evaluation, ...] = group.call("history")
    except RankDiedError as error:
        raise AutoclueError(
            f"{error} What it wrote last is in {output}. The same command goes on from the last "
            "state that was kept."
        ) from error
    finally:
        group.end()
    output.unlink(missing_ok=True)
    return found
