"""What a search reads that lies elsewhere on this machine than its question says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autoclue.models import ModelSource, resolve_model
from autoclue.tasks import TaskData


@dataclass(frozen=True, slots=True)
class Brought:
    """Copies of what a question names, for a machine that lacks it; names stay what they are.

    Attributes:
        data: The task and its rows.
        tree: The folder that they were opened from, as ``open_moved`` reads it.
        model: The model's folder.
        code: Whether a module that strategies come from was brought too.
    """

    data: TaskData | None = None
    tree: Path | None = None
    model: Path | None = None
    code: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is any."""
        return self != Brought()


def model_of(text: str, brought: Brought) -> ModelSource:
    """Decide what a model argument means; see ``resolve_model``.

    Raises:
        UsageError: It means nothing here, and wasn't brought.
    """
    if brought.model is None:
        return resolve_model(text)
    name = Path(text)
    if name.is_absolute():  # as every folder is written in a ledger
        return ModelSource("local", name.name, brought.model)
    return ModelSource("hub", text, fetched=brought.model)
