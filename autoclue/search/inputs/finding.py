"""Find data and models on a machine: at their own place, or fetched once into its cache."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from autoclue.errors import AutoclueError, TroubleError, reason_of
from autoclue.models.folders import content_key
from autoclue.outside import quoted
from autoclue.search.inputs.code import code_files, code_key
from autoclue.search.inputs.needed import PLACE, CodeHere, DataHere, Here, ModelHere
from autoclue.search.objects import LostObjectError, ObjectStore, fetch_tree, is_tree, read_tree
from autoclue.system import remove, remove_abandoned
from autoclue.tasks import DOWNLOAD, TaskData, load_task, open_data, open_moved, rows_key
from autoclue.tasks.cache import cache_dir, locked, make_folder, write_atomically
from autoclue.training.model import hub_model_here
from autoclue.training.platform import make_scratch, trouble_words

SCRATCH_PREFIX: Final = ".input-"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_LISTED: Final = TypeAdapter(dict[str, str])
ADVICE: Final = "or give the command --artifacts, from where machines fetch what they lack"


class MissingInputError(AutoclueError):
    """This machine hasn't the data or a model, and can't have it; the message is a clause."""


@dataclass(frozen=True, slots=True)
class FoundData:
    """Data on this machine.

    Attributes:
        data: The task and its files.
        fetched: Whether it comes from the artifact store.
    """

    data: TaskData
    fetched: bool


@dataclass(frozen=True, slots=True)
class FoundInput:
    """A model, or a module, on this machine.

    Attributes:
        folder: Where it is.
        fetched: Whether it comes from the artifact store.
    """

    folder: Path
    fetched: bool


def find_data_here(here: DataHere, store: ObjectStore | None) -> FoundData:
    """Find the data of a search on this machine.

    Args:
        here: What the command's machine has.
        store: The artifact store, where there is one.

    Raises:
        MissingInputError: It isn't there or is another, and can't be fetched.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    try:
        return FoundData(_data_at_its_place(here), fetched=False)
    except MissingInputError:
        if here.address is None or store is None:
            raise
    found = open_moved(_fetched(store, here.address, here.words))
    if found.fingerprint != here.fingerprint:
        raise MissingInputError(
            f"{here.words} had changed when it was sent; run the command again"
        )
    return FoundData(found, fetched=True)


def _data_at_its_place(here: DataHere) -> TaskData:
    try:
        spec = load_task(here.task)
        if here.address is not None and here.data == DOWNLOAD and spec.download is not None:
            raise MissingInputError("its publisher isn't asked again")
        found = open_data(spec, here.data)
        same = found.fingerprint == here.fingerprint
    except MissingInputError:
        raise
    except (AutoclueError, OSError) as error:
        raise MissingInputError(
            f"its data can't be read: {reason_of(error)}; put the files there, {ADVICE}"
        ) from error
    if not same:
        raise MissingInputError(
            f"its data at {here.data} isn't that of this search; copy the same files there, "
            f"{ADVICE}"
        )
    if rows_key(found.spec) != here.rows:
        raise MissingInputError(
            f"its task file {here.task} isn't that of this search; copy the same file there, "
            f"{ADVICE}"
        )
    return found


def find_model_here(here: ModelHere, store: ObjectStore | None) -> FoundInput:
    """Find a model of a search on this machine.

    Args:
        here: What the command's machine has.
        store: The artifact store, where there is one.

    Raises:
        MissingInputError: It isn't there or is another, and can't be fetched.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    try:
        return FoundInput(_model_at_its_place(here), fetched=False)
    except MissingInputError:
        if here.address is None or store is None:
            raise
    return FoundInput(_fetched(store, here.address, here.words), fetched=True)


def _model_at_its_place(here: ModelHere) -> Path:
    folder = _hub_folder(here.folder) if here.hub else Path(here.folder)
    if not folder.is_dir():
        raise MissingInputError(f"it has no model at {folder}; copy the folder there, {ADVICE}")
    try:
        same = content_key(folder) == here.content
    except AutoclueError as error:
        raise MissingInputError(f"its model can't be read: {reason_of(error)}") from error
    if not same:
        raise MissingInputError(
            f"its model at {folder} has other weights, words or settings; copy the folder there, "
            f"{ADVICE}"
        )
    return folder


def _hub_folder(name: str) -> Path:
    """Return where a model of the hub lies; the hub itself isn't asked."""
    found = hub_model_here(name)
    if found is None:
        raise MissingInputError(f"its cache has no model {name} of PaddleNLP's hub")
    return found.folder


def find_code_here(here: CodeHere, store: ObjectStore | None) -> FoundInput:
    """Find a module of the user's own on this machine, without importing it.

    Args:
        here: What the command's machine has.
        store: The artifact store, where there is one.

    Returns:
        The folder from which it is imported.

    Raises:
        MissingInputError: It isn't there or is another, and can't be fetched.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    files = code_files(here.module, sys.path)
    name, path = next(iter(files.items()), ("", Path()))
    try:
        same = bool(files) and code_key(files) == here.content
    except OSError as error:
        raise TroubleError(trouble_words(f"The module {here.module}", error)) from error
    if same:
        return FoundInput(Path(str(path).removesuffix(name)), fetched=False)
    if here.address is None or store is None:
        lacks = "isn't that of this search" if files else "isn't on its import path"
        raise MissingInputError(f"{here.words} {lacks}; copy the same file there, {ADVICE}")
    return FoundInput(_fetched(store, here.address, here.words), fetched=True)


def find_input(here: Here, store: ObjectStore | None) -> FoundData | FoundInput:
    """Find data, a model or a module on this machine; see the three functions for that."""
    if isinstance(here, DataHere):
        return find_data_here(here, store)
    if isinstance(here, ModelHere):
        return find_model_here(here, store)
    return find_code_here(here, store)


def _fetched(store: ObjectStore, address: str, words: str) -> Path:
    """Return the folder of a tree in the cache; see ``fetch_input``.

    Raises:
        MissingInputError: The store lacks it.
    """
    try:
        return fetch_input(store, address)
    except LostObjectError as error:
        place = address.rpartition("/")[0]
        raise MissingInputError(
            f"{words} can't be fetched: {error}; delete {place} in the artifact store "
            f"{store.text} and run the same command again, which sends it anew"
        ) from error


def fetch_input(store: ObjectStore, address: str) -> Path:
    """Return the folder of a tree in the cache, fetched if need be, by one process at a time.

    Args:
        store: The artifact store.
        address: Where the tree is in it.

    Raises:
        LostObjectError: The store lacks it, or a part of it.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    place, _, name = address.rpartition("/")
    if _NAME.fullmatch(name) is None:  # it becomes that of a folder
        raise LostObjectError(f"{quoted(address)} is no address of the artifact store")
    parent = make_folder(cache_dir() / PLACE)
    with locked(parent / f"{name}.lock"):
        try:
            if not _is_whole(parent, name):
                _fetch(store, place, name, parent)
        except OSError as error:
            raise TroubleError(trouble_words("What was fetched", error)) from error
    return parent / name


def _is_whole(parent: Path, name: str) -> bool:
    """Return whether a tree lies there as it was sent; what Python adds to it doesn't matter."""
    listed = parent / f"{name}.json"
    if not listed.is_file():
        return False
    try:
        files = _LISTED.validate_json(listed.read_bytes())
    except ValidationError:
        return False
    return is_tree(parent / name, files, name)


def _fetch(store: ObjectStore, place: str, name: str, parent: Path) -> None:
    remove_abandoned(parent, SCRATCH_PREFIX)
    scratch = make_scratch(parent, SCRATCH_PREFIX)
    try:
        files = read_tree(store, place, name)
        fetch_tree(store, place, name, scratch)
        remove(parent / name)  # it is damaged, if it is there
        os.rename(scratch, parent / name)
        write_atomically(parent / f"{name}.json", _LISTED.dump_json(files))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
