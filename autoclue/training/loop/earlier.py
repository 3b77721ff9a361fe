"""What a trial begins with that goes on from another training: the state which that has left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autoclue.system import file_sha256
from autoclue.training.checkpoints import STATE_FILE, Arrays, StateError, has_state, read_state
from autoclue.training.config import TrialConfig

SAME_STEPS = frozenset({"gradient_accumulation_steps"})
"""Settings that leave every step of a trial as it is, so that its own state may have others."""


@dataclass(frozen=True, slots=True)
class LeftState:
    """The state that a training has left at its last evaluation.

    Attributes:
        folder: The folder of its trial.
        sha256: Of the state, as the ledger has it; another one isn't used.
    """

    folder: Path
    sha256: str

    def read(self, config: TrialConfig, *, data: str, device: Literal["cpu", "gpu"]) -> Arrays:
        """Return its arrays.

        Args:
            config: The settings of the training.
            data: Fingerprint of the data.
            device: Where the trial trains that goes on from it.

        Raises:
            StateError: It isn't there, isn't the one that the ledger names, or is of no use here.
        """
        if not has_state(self.folder):
            raise StateError(f"{self.folder / STATE_FILE} isn't there")
        if file_sha256(self.folder / STATE_FILE) != self.sha256:
            raise StateError(f"{self.folder / STATE_FILE} isn't the state that the ledger names")
        found = read_state(
            self.folder, config=config, data=data, device=device, may_differ=SAME_STEPS
        )
        if found is None:
            raise StateError(f"{self.folder / STATE_FILE} is gone")
        return found.arrays
