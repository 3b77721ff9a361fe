"""Delete a study for good."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from autoclue.errors import FolderError
from autoclue.search.objects import open_objects
from autoclue.search.store import Ledger, driving
from autoclue.search.study.location import POINTER, Place

REMOVED_PREFIX = ".removed-"


def size_of_study(place: Place) -> int:
    """Return how many bytes the files of a study take."""
    return sum(path.stat().st_size for path in place.folder.rglob("*") if path.is_file())


def remove_study(place: Place) -> None:
    """Delete a study: its ledger and that of its confirmation, and its folder.

    A study whose ledger is gone already is deleted too. After an interruption the same call goes
    on; the folder is no study any more as soon as its ledger has gone.

    Raises:
        AutoclueError: Another process runs it.
        UsageError: The database of its ledger can't be used.
        StoreError: Its artifact store can't be used.
        FolderError: Its folder can't be deleted.
    """
    with _held(place):
        _empty_store(place)
        if not place.keeps_its_ledger:
            for each in (place.confirmation, place):
                Ledger.delete(each.storage, each.name)
        _remove_folder(place.folder)


def _empty_store(place: Place) -> None:
    """Drop what a study has in its artifact store, while its ledger still says where that is.

    Raises:
        StoreError: The store can't be used.
    """
    own = Path(place.storage.removeprefix("sqlite:///"))
    if place.storage.startswith("sqlite:///") and not own.is_file():
        return
    if not Ledger.readable(place.storage, place.name):
        return
    known = Ledger.open(place.storage, place.name, read_only=True).attributes.artifacts
    if known is not None:
        open_objects(known.uri).drop(known.place)


def _held(place: Place) -> contextlib.AbstractContextManager[object]:
    """Hold a study, so that nobody runs it meanwhile; nothing holds one without a ledger."""
    own = Path(place.storage.removeprefix("sqlite:///"))
    if place.storage.startswith("sqlite:///") and not own.is_file():
        return contextlib.nullcontext()
    return driving(place.storage, place.name)


def _remove_folder(folder: Path) -> None:
    """Move a folder aside before its files go, so that nobody finds half a study in its place."""
    aside = folder.with_name(f"{REMOVED_PREFIX}{folder.name}")
    try:
        (folder / POINTER).unlink(missing_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise FolderError.writing("The study", folder, error) from error
