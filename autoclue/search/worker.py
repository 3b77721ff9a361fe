"""What a worker process does: trains one trial after another and says what happens in each."""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autoclue.errors import AutoclueError
from autoclue.training import TrialConfig
from autoclue.training.runtime import apply_switches, pick_device
from autoclue.training.trial import Trial
from autoclue.training.workspace import Workspace

Event = dict[str, Any]


class TrialWorker:
    """Trains trials step by step; each step ends in an event, a plain dictionary.

    ``prepared`` comes first, then ``evaluated`` after each evaluation, and ``ended`` or ``failed``
    last. An error never leaves this class: it becomes the event that closes the trial.
    """

    def __init__(self) -> None:
        """Keep nothing yet; Paddle is loaded with the first trial."""
        self._workspace = Workspace()
        self._trial: Trial | None = None
        self._asked: Mapping[str, Any] = {}
        self._log: logging.Logger | None = None

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Take on a trial; nothing is loaded before its first event.

        Args:
            asked: ``number``, ``config``, ``folder`` and ``device`` (``cpu`` or ``gpu``).
        """
        self.close()
        self._asked = asked

    def next_event(self) -> Event:
        """Go on to the next event of the trial."""
        try:
            return self._trial_event()
        except AutoclueError as error:
            return self._failed(str(error))
        except Exception as error:  # whatever Paddle raises belongs to this trial alone
            if self._log is not None:
                self._log.error(traceback.format_exc())
            return self._failed(f"{type(error).__name__}: {_first_line(error)}")

    def _trial_event(self) -> Event:
        if self._trial is None:
            trial = self._trial = self._prepare()
            return {
                "event": "prepared",
                "payload": {
                    "total_steps": trial.timetable.total_steps,
                    "evaluation_steps": list(trial.timetable.evaluation_steps),
                    "layer_rates": [asdict(rate) for rate in trial.layer_rates],
                },
            }
        evaluation = self._trial.advance()
        if evaluation is None:
            self.close()
            return {"event": "ended", "payload": {}}
        return {"event": "evaluated", "payload": asdict(evaluation)}

    def _prepare(self) -> Trial:
        device = str(self._asked["device"])
        apply_switches(gpu=device != "cpu")
        folder = Path(self._asked["folder"])
        self._log = open_log(folder)
        return Trial(
            TrialConfig.model_validate(self._asked["config"]),
            self._workspace,
            device=pick_device(device),
            folder=folder,
            log=self._log,
        )

    def _failed(self, reason: str) -> Event:
        if self._log is not None:
            self._log.error(reason)
        self.close()
        return {"event": "failed", "payload": {"reason": reason}}

    def close(self) -> None:
        """Let go of the trial at hand and its memory."""
        self._trial = None
        if self._log is not None:
            for handler in list(self._log.handlers):
                self._log.removeHandler(handler)
                handler.close()
            self._log = None
        gc.collect()


def open_log(folder: Path) -> logging.Logger:
    """Open a trial's own training log, ``train.log`` in its folder, anew.

    Raises:
        AutoclueError: The folder can't be written.
    """
    log = logging.Logger(f"autoclue.trial.{folder.name}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(folder / "train.log", mode="w", encoding="utf-8")
    except OSError as error:
        raise AutoclueError(f"The trial's folder {folder} can't be written: {error}.") from error
    handler.setFormatter(logging.Formatter("[%(asctime)s] %(message)s"))
    log.addHandler(handler)
    return log


def _first_line(error: Exception) -> str:
    """Give the sentence of an error; Paddle puts a C++ trace before it."""
    lines = [line.strip() for line in str(error).split("\n") if line.strip()]
    telling = [line for line in lines if "Error" in line or "error" in line]
    return (telling or lines or ["no message"])[-1][:500]
