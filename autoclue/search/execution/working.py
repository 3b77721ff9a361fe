"""Where a trial works on its machine, and what of it the driver gets by its events."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from autoclue.errors import TroubleError
from autoclue.search.execution.uploads import Uploads
from autoclue.search.inputs import (
    MissingInputError,
    TrialInputs,
    find_code_here,
    find_data_here,
    find_model_here,
    import_from,
)
from autoclue.search.objects import open_objects
from autoclue.system import remove_abandoned
from autoclue.tasks.cache import cache_dir, make_folder
from autoclue.training.data import Workspace
from autoclue.training.logs import LOG_FILE
from autoclue.training.platform import make_scratch

SCRATCH_PREFIX: Final = ".trial-"
MOST_LOG_BYTES: Final = 256 * 1024
"""Of what one event brings of the log; more is left out at its beginning."""


def log_folder(job: Mapping[str, Any]) -> Path:
    """Return where a trial's log is written on this machine.

    Args:
        job: As a worker takes it.
    """
    away = job.get("artifacts")
    if away is None or away["shares_folder"]:
        return Path(job["folder"])
    return cache_dir() / "trials" / str(away["place"])


def begin_uploads(away: Mapping[str, Any]) -> Uploads:
    """Open the artifact store of a trial, and make a folder of this process for it to work in.

    Args:
        away: What a job says of the store.

    Raises:
        StoreError: The store can't be opened.
        UsageError: The cache can't be used.
    """
    cache = make_folder(cache_dir())
    remove_abandoned(cache, SCRATCH_PREFIX)
    store = open_objects(str(away["uri"]))
    return Uploads(store, str(away["place"]), make_scratch(cache, SCRATCH_PREFIX))


def take_inputs(workspace: Workspace, away: Mapping[str, Any]) -> None:
    """Have a trial read what this machine has fetched, where it lacks something.

    Args:
        workspace: What the process keeps between trials.
        away: What a job says of the store.

    Raises:
        TroubleError: Data or a model isn't here and can't be fetched.
    """
    inputs = TypeAdapter(TrialInputs).validate_python(away["inputs"])
    store = open_objects(str(away["uri"]))
    try:
        for data in inputs.data:
            if workspace.lacks_data(data.task, data.data):
                workspace.take_data(data.task, data.data, find_data_here(data, store).data)
        for model in inputs.models:
            if workspace.lacks_model(model.folder):
                workspace.take_model(model.folder, find_model_here(model, store).folder)
        for code in inputs.code:
            import_from(find_code_here(code, store).folder)
    except MissingInputError as error:
        raise TroubleError(f"Nothing can be trained on this machine: {error}.") from error


@dataclass(slots=True)
class LogTail:
    """Reads what is added to a log.

    Attributes:
        path: The log; it needn't be there.
        position: How many bytes of it are known.
    """

    path: Path
    position: int = 0

    @classmethod
    def from_here(cls, path: Path) -> LogTail:
        """Leave out what is there now."""
        return cls(path, path.stat().st_size if path.is_file() else 0)

    def read(self) -> str:
        """Return what has been added."""
        if not self.path.is_file():
            return ""
        with self.path.open("rb") as file:
            file.seek(self.position)
            added = file.read()
        self.position += len(added)
        return added[-MOST_LOG_BYTES:].decode("utf-8", errors="replace")


def keep_log(folder: Path, lines: str) -> None:
    """Add what an event has brought to the log of a trial in the study's folder.

    A folder that can't be written is left alone: what counts is in the ledger.
    """
    if lines:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / LOG_FILE).open("a", encoding="utf-8") as file:
                file.write(lines)
