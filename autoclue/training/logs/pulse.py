"""How far a trial is between two evaluations: told at most every two seconds, left in a file."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from autoclue.training.platform import gpu_memory

INTERVAL_S = 2.0
PROGRESS_FILE = "progress.json"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far a trial is.

    Attributes:
        step: Steps done.
        total_steps: Length of its schedule in steps.
        steps_per_s: Speed since training went on after the last evaluation.
        gpu_memory_bytes: What the process has held of its GPU at most; ``None`` without one.
    """

    step: int
    total_steps: float
    steps_per_s: float
    gpu_memory_bytes: int | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds of training that are left at this speed; ``None`` while it isn't known."""
        if self.steps_per_s <= 0:
            return None
        return max(0.0, self.total_steps - self.step) / self.steps_per_s


class Pulse:
    """Counts the steps of a trial and tells of them now and then.

    A step costs a look at the clock; no loss is read, which on a GPU would wait for it.
    """

    def __init__(
        self,
        tell: Callable[[StepProgress], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        memory: Callable[[], int | None] = gpu_memory,
    ) -> None:
        """Tell a function.

        Args:
            tell: Is called at most every two seconds.
            clock: Gives seconds; a test passes its own.
            memory: Gives the bytes of its GPU that the process has held.
        """
        self._tell = tell
        self._clock = clock
        self._memory = memory
        self._told_s = clock()
        self._began_s, self._began_step, self._total_steps = self._told_s, 0, 0.0

    def begin(self, step: int, total_steps: float) -> None:
        """Training goes on: from the beginning, a state, or an evaluation.

        Args:
            step: Steps done.
            total_steps: Length of the schedule in steps.
        """
        self._began_s, self._began_step = self._clock(), step
        self._total_steps = total_steps

    def beat(self, step: int) -> None:
        """A step is done."""
        now_s = self._clock()
        if now_s - self._told_s < INTERVAL_S:
            return
        self._told_s = now_s
        speed = (step - self._began_step) / max(now_s - self._began_s, 1e-9)
        self._tell(StepProgress(step, self._total_steps, speed, self._memory()))


def progress_writer(folder: Path) -> Callable[[StepProgress], None]:
    """Return what leaves a trial's progress in its folder, for whoever draws it.

    A folder that can't be written is left alone: the trial says so where it matters.
    """
    path, scratch = folder / PROGRESS_FILE, folder / f".{PROGRESS_FILE}.new"

    def write(progress: StepProgress) -> None:
        try:
            scratch.write_text(json.dumps(asdict(progress)), encoding="utf-8")
            os.replace(scratch, path)
        except OSError:  # the next evaluation writes what counts, and names the problem
            return

    return write


def read_progress(folder: Path) -> StepProgress | None:
    """Return how far a trial is, if its folder says so."""
    try:
        found = json.loads((folder / PROGRESS_FILE).read_text(encoding="utf-8"))
        return StepProgress(**found)
    except (OSError, ValueError, TypeError):  # there is none, or another version's
        return None


def forget_progress(folder: Path) -> None:
    """Remove what a trial has left of its progress."""
    try:
        (folder / PROGRESS_FILE).unlink(missing_ok=True)
    except OSError:  # a folder that can't be written; who reads it looks at running trials only
        return
