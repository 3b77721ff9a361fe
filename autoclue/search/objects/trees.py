"""Folders as objects: one for each file, and a list of them that is an object itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from autoclue.errors import AutoclueError
from autoclue.search.objects.store import ObjectStore
from autoclue.system import file_sha256

FORMAT: Final = 1


class LostObjectError(AutoclueError):
    """An object isn't there, or isn't what its name says; the message is a clause."""


@dataclass(frozen=True, slots=True)
class KeptTree:
    """Files that are kept together.

    Attributes:
        name: The name of their list.
        objects: The names of their objects, and that of the list.
    """

    name: str
    objects: frozenset[str]


class _Tree(BaseModel):
    """A list of files as it is kept.

    Attributes:
        format: Number of the form.
        files: By path, the sha256 of each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    files: dict[str, str]


def keep_tree(
    store: ObjectStore,
    place: str,
    files: Mapping[str, Path],
    texts: Mapping[str, str] = MappingProxyType({}),
) -> KeptTree:
    """Keep files, and then the list of them.

    Args:
        store: Where they are kept.
        place: The place in it.
        files: By relative path with ``/`` between its parts, where each is.
        texts: Short files by path, as they are to be.

    Returns:
        What ``fetch_tree`` finds by its name.

    Raises:
        StoreError: The store can't be used.
        OSError: A file can't be read.
    """
    found = {name: store.put(path, place) for name, path in sorted(files.items())}
    found |= {name: store.write(text.encode(), place) for name, text in sorted(texts.items())}
    name = store.write(_listed(found), place)
    return KeptTree(name, frozenset({name, *found.values()}))


def _listed(files: Mapping[str, str]) -> bytes:
    return json.dumps(_Tree(files=dict(files)).model_dump(), sort_keys=True).encode()


def is_tree(folder: Path, files: Mapping[str, str], name: str) -> bool:
    """Return whether a folder of this machine holds all files of a tree; others don't matter.

    Args:
        folder: The folder; it needn't be there.
        files: The sha256 of each file, by path, as ``read_tree`` once gave them.
        name: The name of the tree's list, with which they are compared too.

    Raises:
        OSError: A file can't be read.
    """
    if hashlib.sha256(_listed(files)).hexdigest() != name:
        return False
    paths = {folder / path: sha256 for path, sha256 in files.items()}
    return all(path.is_file() and file_sha256(path) == sha for path, sha in paths.items())


def read_tree(store: ObjectStore, place: str, name: str) -> dict[str, str]:
    """Return the sha256 of each file of a tree, by path.

    Raises:
        LostObjectError: The list isn't there, or isn't what its name says.
        StoreError: The store can't be used.
    """
    content = store.read(place, name)
    if content is None:
        raise LostObjectError(f"{place}/{name} isn't in the artifact store")
    if hashlib.sha256(content).hexdigest() != name:
        raise LostObjectError(f"{place}/{name} is damaged: its content isn't that of its name")
    try:
        tree = _Tree.model_validate_json(content)
    except ValidationError as error:
        raise LostObjectError(f"{place}/{name} is no list of files") from error
    if tree.format != FORMAT or any(not _is_inside(path) for path in tree.files):
        raise LostObjectError(f"{place}/{name} is a list of another form")
    return tree.files


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return bool(parts.parts) and not parts.is_absolute() and ".." not in parts.parts


def fetch_tree(
    store: ObjectStore, place: str, name: str, target: Path, *, below: str = ""
) -> KeptTree:
    """Fetch the files of a tree, and compare each with its name.

    Args:
        store: Where they are kept.
        place: The place in it.
        name: The name of their list.
        target: A folder.
        below: Only files whose path begins so, without that beginning.

    Returns:
        All that is kept with it.

    Raises:
        LostObjectError: One isn't there, or is damaged; the others may have been written.
        StoreError: The store can't be used.
        FolderError: The folder can't be written.
    """
    files = read_tree(store, place, name)
    for path, sha256 in files.items():
        if not path.startswith(below):
            continue
        file = target / path.removeprefix(below)
        if not store.get(place, sha256, file):
            raise LostObjectError(f"{path} isn't in the artifact store any more")
        if file_sha256(file) != sha256:
            file.unlink()
            raise LostObjectError(f"{path} is damaged: its content isn't that of its name")
    return KeptTree(name, frozenset({name, *files.values()}))
