"""Where the files of a study's trials are kept, by key: models and states."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from autoclue.errors import FolderError
from autoclue.records import TrialRecord
from autoclue.training.checkpoints import (
    DAMAGED_FILE,
    STATE_FILE,
    kept_evaluation,
    put_in_place,
    remove_scratch,
    sync,
    sync_tree,
)

SCRATCH_PREFIX = ".artifact-"
BEST = "best"
"""Key of the study's best model."""

Result = TypeVar("Result")


def trial_key(number: int) -> str:
    """Return the key below which everything of a trial is kept."""
    return f"trials/{number:04d}"


def model_key(number: int) -> str:
    """Return the key of a trial's own best model, a folder."""
    return f"{trial_key(number)}/best"


def state_key(number: int) -> str:
    """Return the key of a trial's state, a file."""
    return f"{trial_key(number)}/{STATE_FILE}"


def damaged_state_key(number: int) -> str:
    """Return the key of a state of a trial that was damaged and put aside, a file."""
    return f"{trial_key(number)}/{DAMAGED_FILE}"


class ArtifactStore(Protocol):
    """Keeps files and folders by key; a key is a relative path with ``/`` between its parts.

    What is there is whole: whoever is killed in the middle of a write leaves the older content or,
    for a moment, none.
    """

    def has(self, key: str) -> bool:
        """Return whether something is kept under a key."""

    def put(self, source: Path, key: str) -> None:
        """Keep a copy of a file or folder, in place of what is there.

        Raises:
            FolderError: It can't be written.
        """

    def get(self, key: str, target: Path) -> bool:
        """Copy what is kept to a place on this machine, in place of what is there.

        Returns:
            Whether there is something under the key; nothing is changed otherwise.

        Raises:
            FolderError: The place can't be written.
        """

    def move(self, key: str, to: str) -> bool:
        """Keep something under another key from now on, in place of what is there.

        Returns:
            Whether there is something under the key; nothing is changed otherwise.

        Raises:
            FolderError: It can't be written.
        """

    def drop(self, key: str) -> None:
        """Keep something no longer; what isn't there needn't be dropped.

        Raises:
            FolderError: It can't be written.
        """


class LocalArtifacts:
    """Keeps everything below a folder, each thing at the path that its key says."""

    def __init__(self, root: Path) -> None:
        """Use a folder, which needn't be there."""
        self._root = root

    def path(self, key: str) -> Path:
        """Return where something is, or would be."""
        return self._root / key

    def has(self, key: str) -> bool:
        """Return whether there is a file or folder."""
        return self.path(key).exists()

    def put(self, source: Path, key: str) -> None:
        """Copy a file or folder in."""
        _copy(source, self.path(key))

    def get(self, key: str, target: Path) -> bool:
        """Copy a file or folder out."""
        if not self.has(key):
            return False
        _copy(self.path(key), target)
        return True

    def move(self, key: str, to: str) -> bool:
        """Rename a file or folder."""
        if not self.has(key):
            return False
        source, target = self.path(key), self.path(to)
        _understood(target, lambda: _replace(source, target))
        return True

    def drop(self, key: str) -> None:
        """Delete a file or folder."""
        path = self.path(key)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # what is left is dropped when the study ends
        else:
            _understood(path, lambda: path.unlink(missing_ok=True))


def _copy(source: Path, target: Path) -> None:
    def copy() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_scratch(target.parent, SCRATCH_PREFIX)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=target.parent))
        try:
            copied = scratch / target.name
            if source.is_dir():
                shutil.copytree(source, copied)
                sync_tree(copied)
            else:
                shutil.copyfile(source, copied)
                sync(copied)
            _replace(copied, target)
            sync(target.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    _understood(target, copy)


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        put_in_place(source, target, scratch_prefix=SCRATCH_PREFIX)
    else:
        os.replace(source, target)


def _understood(target: Path, write: Callable[[], Result]) -> Result:
    try:
        return write()
    except OSError as error:
        raise FolderError.writing(target.name, target.parent, error) from error


def trial_folder(folder: Path, number: int) -> Path:
    """Return the folder of a trial within its study's folder."""
    return folder / trial_key(number)


def find_kept_model(folder: Path, trial: TrialRecord) -> Path | None:
    """Find the kept model of a trial: its own, or the best of the study where that is its own.

    Args:
        folder: The study's folder.
        trial: A trial of the study.
    """
    places = (folder / model_key(trial.number), folder / BEST)
    return next((place for place in places if _holds(place, trial)), None)


def _holds(place: Path, trial: TrialRecord) -> bool:
    """Return whether a folder holds a trial's best model; times differ where it was done again."""
    kept = kept_evaluation(place)
    if kept is None or trial.best is None:
        return False
    return (kept.step, kept.score) == (trial.best.step, trial.best.score)
