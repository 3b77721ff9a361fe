"""What a published script does by kind of task; ``plain_clue_loop`` has what all share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autoclue.tasks import TaskData
from autoclue.training import TrialConfig

Figures = dict[str, float]
"""What an evaluation found: ``score``, ``eval_s`` and, where the kind has it, ``dev_loss``."""


class Script(Protocol):
    """How the script of one kind of task trains and evaluates."""

    @property
    def examples(self) -> int:
        """How many features an epoch has."""

    def network(self) -> Any:
        """Load the network with a fresh head, in training mode."""

    def epoch(self) -> Iterable[Any]:
        """Begin the next epoch: its batches, shuffled by its number."""

    def loss(self, network: Any, batch: Any) -> Any:
        """Compute the mean loss of a batch."""

    def evaluate(self, network: Any) -> Figures:
        """Score the development set; the network is left in training mode."""


@dataclass(frozen=True)
class Setting:
    """What a script is started with.

    Attributes:
        data: The task's rows.
        model: Folder or hub name.
        config: The trial's settings.
        cache: Folder for what scripts of reading tasks keep of the training set.
    """

    data: TaskData
    model: str
    config: TrialConfig
    cache: Path

    def tokenizer(self) -> Any:
        """Load the model's tokenizer."""
        from paddlenlp.transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.model)
