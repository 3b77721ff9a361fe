"""A trial's state as one file, from which a killed trial goes on as if nothing had happened.

The file is in safetensors form: arrays, and a JSON text in the file's own header. Nothing in it is
ever unpickled, so a study folder from a stranger can be opened without running their code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from autoclue.errors import AutoclueError, FolderError
from autoclue.records import Evaluation
from autoclue.system import checksum
from autoclue.training.checkpoints.durable import sync
from autoclue.training.config import TrialConfig
from autoclue.training.platform import make_scratch_file

STATE_FILE = "state.safetensors"
SCRATCH_PREFIX = ".state-"
FORMAT = 2
"""Changes whenever an older autoclue would read a file wrongly, or the other way round."""

_HEADER = "autoclue"
_CHECKSUM = "checksum"
DAMAGED_FILE = f"{STATE_FILE}.damaged"

Arrays = Mapping[str, NDArray[Any]]


class StateError(AutoclueError):
    """A state can't be used or kept; the message is a clause that says why."""


class DamagedStateError(StateError):
    """A state is torn, or isn't what was written."""


class TrialProgress(BaseModel):
    """How far a trial had come, beside its arrays.

    Attributes:
        format: Number of the file's form.
        config: The trial's settings.
        key: Their identity.
        data: Fingerprint of the data.
        device: Where it trained.
        step: Steps done.
        epoch: Number of the epoch, from 0.
        examples_in_epoch: Examples of that epoch that are done. Not micro-batches: their size may
            change.
        train_loss: Loss of the last micro-batch, in nats.
        elapsed_s: Seconds of training and evaluation.
        evaluations: All of them, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)

    format: Literal[2] = 2
    config: TrialConfig
    key: str
    data: str
    device: Literal["cpu", "gpu"]
    step: Annotated[int, Field(ge=1)]
    epoch: Annotated[int, Field(ge=0)]
    examples_in_epoch: Annotated[int, Field(ge=0)]
    train_loss: float
    elapsed_s: float
    evaluations: Annotated[tuple[Evaluation, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class SavedState:
    """All that a trial goes on from.

    Attributes:
        progress: How far it had come.
        arrays: Network, optimizer and random state, by name.
    """

    progress: TrialProgress
    arrays: Arrays


def write_state(folder: Path, state: SavedState) -> None:
    """Replace a trial's state; it is whole or the older one stays, also after a power failure.

    Args:
        folder: The trial's folder.
        state: What to keep; its arrays are contiguous.

    Raises:
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    text = json.dumps(state.progress.model_dump(), ensure_ascii=False)
    try:
        scratch = make_scratch_file(folder, SCRATCH_PREFIX)
        try:
            mode = scratch.stat().st_mode
            told = {_HEADER: text, _CHECKSUM: state_checksum(text, state.arrays)}
            save_file(dict(state.arrays), str(scratch), metadata=told)
            scratch.chmod(mode)  # safetensors makes it private
            sync(scratch)
            os.replace(scratch, folder / STATE_FILE)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise
        sync(folder)
    except (OSError, SafetensorError) as error:
        raise FolderError.writing("The trial's state", folder, error) from error


def read_state(
    folder: Path,
    *,
    config: TrialConfig,
    data: str,
    device: Literal["cpu", "gpu"],
    may_differ: Collection[str] = frozenset(),
) -> SavedState | None:
    """Read the state of a trial, if there is one.

    Args:
        folder: The trial's folder.
        config: The trial's settings; up to where the state stands, those in the state are the
            same.
        data: Fingerprint of the data.
        device: Where the trial goes on.
        may_differ: Names of settings that may be others in the state.

    Raises:
        DamagedStateError: It is torn, or isn't what was written.
        StateError: It is foreign or belongs to another trial.
    """
    path = folder / STATE_FILE
    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            progress = _progress(metadata)
            _check(progress, config, data, device, may_differ)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, ValueError) as error:
        raise DamagedStateError("it is torn, or no state of a trial") from error
    if metadata.get(_CHECKSUM) != state_checksum(metadata[_HEADER], arrays):
        raise DamagedStateError("it is damaged: its checksum isn't that of its content")
    return SavedState(progress, arrays)


def put_state_aside(folder: Path) -> None:
    """Put a damaged state where nobody reads it, in place of an earlier one.

    Raises:
        FolderError: The folder can't be written.
    """
    try:
        os.replace(folder / STATE_FILE, folder / DAMAGED_FILE)
    except OSError as error:
        raise FolderError.writing("The damaged state", folder, error) from error


def state_checksum(text: str, arrays: Arrays) -> str:
    """Return the checksum of a state's progress and arrays, their names and shapes included."""

    def parts() -> Iterator[bytes | memoryview]:
        yield text.encode()
        for name in sorted(arrays):
            array = arrays[name]
            yield f"{name} {array.dtype} {array.shape}".encode()
            yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data

    return checksum(parts())


def remove_state(folder: Path) -> None:
    """Remove a trial's state, which is needed only while the trial may go on.

    Raises:
        FolderError: The folder can't be written.
    """
    try:
        (folder / STATE_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise FolderError.writing("The end of the trial", folder, error) from error


def has_state(folder: Path) -> bool:
    """Return whether a trial has left a state, of whatever worth."""
    return (folder / STATE_FILE).is_file()


def _progress(metadata: Mapping[str, str]) -> TrialProgress:
    if _HEADER not in metadata:
        raise StateError("it was not written by autoclue")
    try:
        told = json.loads(metadata[_HEADER])
        written = told.get("format") if isinstance(told, dict) else None
        if written != FORMAT:
            raise StateError(f"its form is {written}, and this autoclue reads form {FORMAT}")
        progress = TrialProgress.model_validate(told)
    except (ValidationError, ValueError, RecursionError) as error:
        raise StateError("its header can't be read") from error
    if progress.key != progress.config.key:
        raise StateError("its settings don't have the identity that it claims")
    return progress


def _check(
    progress: TrialProgress,
    config: TrialConfig,
    data: str,
    device: str,
    may_differ: Collection[str],
) -> None:
    theirs = progress.config.prefix(progress.step).model_dump()
    ours = config.prefix(progress.step).model_dump()
    both = sorted(theirs.keys() | ours.keys())
    different = [n for n in both if ours.get(n) != theirs.get(n) and n not in may_differ]
    if different:
        raise StateError(f"it belongs to other settings ({', '.join(different)})")
    if config.until_step is not None and progress.step > config.until_step:
        raise StateError(f"it stands at step {progress.step}, behind the trial's end")
    if progress.data != data:
        raise StateError("the data have changed since")
    if progress.device != device:
        theirs_and_ours = f"a {progress.device.upper()}, and this is a {device.upper()}"
        raise StateError(f"it comes from {theirs_and_ours}")
