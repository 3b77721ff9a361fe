"""What trials read beside their settings: data sets and models, as each machine should have them.

Nothing here knows Ray or a study; it is plain data, which goes to other machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter

from autoclue.search.inputs.code import module_of

PLACE: Final = "inputs"
"""Place, below that of a study, of its data and models in the artifact store."""


@dataclass(frozen=True, slots=True)
class DataHere:
    """Data that a study trains on, as this machine has it.

    Attributes:
        task: Registered task name or path of a task file.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        fingerprint: The sha256 of its training and development files.
        rows: Identifies how the task reads them and what it asks.
        address: Where the artifact store has them; ``None`` where it hasn't.
    """

    task: str
    data: str
    fingerprint: str
    rows: str
    address: str | None = None

    @property
    def words(self) -> str:
        """What people call it."""
        return f"the data of {PurePath(self.task).stem}"


@dataclass(frozen=True, slots=True)
class ModelHere:
    """A model, as this machine has it.

    Attributes:
        folder: Where it lies, or its name on PaddleNLP's hub.
        content: Identifies its weights, vocabulary and configuration.
        address: Where the artifact store has it; ``None`` where it hasn't.
        hub: Whether it is one of the hub, which lies in the cache.
    """

    folder: str
    content: str
    address: str | None = None
    hub: bool = False

    @property
    def words(self) -> str:
        """What people call it."""
        return f"the model {PurePath(self.folder).name}"


@dataclass(frozen=True, slots=True)
class CodeHere:
    """A module of the user's own that a strategy comes from, as this machine has it.

    Attributes:
        module: Its name, without a dot.
        content: Identifies its files, or those of the package.
        address: Where the artifact store has it; ``None`` where it hasn't.
    """

    module: str
    content: str
    address: str | None = None

    @property
    def words(self) -> str:
        """What people call it."""
        return f"the module {self.module}"


Here: TypeAlias = "DataHere | ModelHere | CodeHere"


@dataclass(frozen=True, slots=True)
class TrialInputs:
    """All that the trials of a search read.

    Attributes:
        data: Every data set.
        models: Every model that lies in a folder, and those of PaddleNLP's hub that the store has.
        code: Every module of the user's own.
    """

    data: tuple[DataHere, ...] = ()
    models: tuple[ModelHere, ...] = ()
    code: tuple[CodeHere, ...] = ()

    @property
    def all(self) -> tuple[Here, ...]:
        """All of them, the data first."""
        return (*self.data, *self.models, *self.code)

    @property
    def may_be_fetched(self) -> bool:
        """Whether the artifact store has any of it."""
        return any(each.address is not None for each in self.all)

    def to_fetch(self, *names: str) -> TrialInputs:
        """Return what trials read of it and the artifact store has.

        Args:
            names: Task, data, model and strategy, as the settings of trials name them.
        """
        task, data, model, strategy = names
        return TrialInputs(
            tuple(e for e in self.data if e.address and (e.task, e.data) == (task, data)),
            tuple(e for e in self.models if e.address and e.folder == model),
            tuple(e for e in self.code if e.address and e.module == module_of(strategy)),
        )


@dataclass(frozen=True, slots=True)
class KeptInputs:
    """What a study reads, as its artifact store has it and its ledger notes it.

    Attributes:
        trials: What its trials read.
        tested: Where the store has the data with its test part, which no trial reads; ``None``
            where there is none to score by.
    """

    trials: TrialInputs = field(default_factory=TrialInputs)
    tested: str | None = None

    @classmethod
    def read(cls, noted: Mapping[str, Any]) -> KeptInputs:
        """Read what a ledger holds; nothing is kept of a study that notes nothing.

        Raises:
            ValidationError: It isn't what ``noted`` gives.
        """
        return TypeAdapter(cls).validate_python(noted)

    @property
    def noted(self) -> dict[str, Any]:
        """What a ledger holds of it, as JSON values."""
        told: dict[str, Any] = TypeAdapter(KeptInputs).dump_python(self, mode="json")
        return told
