"""What a trial leaves in its folder while it runs: its best model, and its state to go on from."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autoclue.records import Evaluation, best_evaluation
from autoclue.tasks import TaskSpec
from autoclue.training.checkpoints import best_model, trial_state
from autoclue.training.checkpoints.best_model import damaged_files, kept_step, save_best
from autoclue.training.checkpoints.durable import remove_scratch
from autoclue.training.checkpoints.trial_state import (
    DamagedStateError,
    SavedState,
    StateError,
    put_state_aside,
    read_state,
    write_state,
)
from autoclue.training.config import TrialConfig
from autoclue.training.logs import train_log

WORTH = 30
"""A state is saved when this many times the last saving's duration has passed since."""


@dataclass(slots=True)
class Pace:
    """Decides when to save, so that saving takes a share of at most 1 / ``WORTH`` of the time.

    Attributes:
        clock: Gives seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _cost_s: float | None = None
    _saved_at_s: float = 0.0

    def due(self) -> bool:
        """Return whether it is time; the first time always is."""
        if self._cost_s is None:
            return True
        return self.clock() - self._saved_at_s >= WORTH * self._cost_s

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Measure how long a saving takes."""
        began_s = self.clock()
        yield
        self._saved_at_s = self.clock()
        self._cost_s = self._saved_at_s - began_s


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process has left half-written in a trial's folder."""
    remove_scratch(folder, best_model.SCRATCH_PREFIX, trial_state.SCRATCH_PREFIX)


def _check_model(folder: Path) -> None:
    damaged = damaged_files(folder)
    if damaged:
        raise StateError(f"the best model is damaged ({', '.join(damaged)})")


class Keeper:
    """Keeps a trial's best model and state in its folder; without a folder it keeps nothing."""

    def __init__(
        self,
        folder: Path | None,
        log: logging.Logger,
        saved: Callable[[], None] = lambda: None,
    ) -> None:
        """Remove what a killed process has left half-written there.

        Args:
            folder: The trial's folder.
            log: Is told what is of no use.
            saved: Is called after each saving of a state, whose duration it adds to.
        """
        self._saved = saved
        self._folder = folder
        self._log = log
        self._pace = Pace()
        self._gave_up = False
        if folder is not None:
            remove_leftovers(folder)

    def keep_best(
        self,
        evaluation: Evaluation,
        *,
        network: Any,
        tokenizer: Any,
        config: TrialConfig,
        spec: TaskSpec,
    ) -> None:
        """Replace the kept model.

        Raises:
            FolderError: The folder can't be written.
        """
        if self._folder is not None:
            save_best(
                self._folder / "best",
                network=network,
                tokenizer=tokenizer,
                config=config,
                spec=spec,
                evaluation=evaluation,
            )

    def wants_state(self, *, now: bool = False) -> bool:
        """Return whether the time since the last saving of a state makes the next worth its own.

        Args:
            now: Whether it is worth it in any case, because other trials start from it.
        """
        if self._folder is None or self._gave_up:
            return False
        return now or self._pace.due()

    def keep_state(self, take: Callable[[], SavedState]) -> None:
        """Replace the state; without a folder it is taken all the same, for those who have one.

        Args:
            take: Gives the state.

        Raises:
            FolderError: The folder can't be written.
        """
        try:
            with self._pace.saving():
                state = take()
                if self._folder is not None:
                    write_state(self._folder, state)
                    self._saved()
        except StateError as error:
            self._gave_up = True
            self._log.warning(train_log.no_state_line(str(error)))

    def find_state(
        self,
        config: TrialConfig,
        *,
        data: str,
        device: Literal["cpu", "gpu"],
        may_differ: Collection[str] = frozenset(),
    ) -> SavedState | None:
        """Read the state to go on from, if there is one that can be used.

        A state without the best model up to it is of no use: nothing but training anew can bring
        that model back.

        Args:
            config: The trial's settings.
            data: Fingerprint of the data.
            device: Where the trial goes on.
            may_differ: Names of settings that may be others in the state.
        """
        if self._folder is None:
            return None
        try:
            found = read_state(
                self._folder, config=config, data=data, device=device, may_differ=may_differ
            )
            if found is not None:
                best = best_evaluation(found.progress.evaluations)
                kept = kept_step(self._folder / "best")
                if best is not None and (kept is None or kept < best.step):
                    raise StateError(f"the best model, that of step {best.step}, isn't there")
                if best is not None:
                    _check_model(self._folder / "best")
        except DamagedStateError as error:
            put_state_aside(self._folder)
            self.reject(error)
            return None
        except StateError as error:
            self.reject(error)
            return None
        return found

    def reject(self, error: StateError) -> None:
        """Write into the log why a state is of no use."""
        path = None if self._folder is None else self._folder / trial_state.STATE_FILE
        self._log.warning(train_log.begins_anew_line(path, str(error)))
