"""Tokenize a split once; every trial on this machine maps the result into memory."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError, FolderError
from autoclue.outside import read_text
from autoclue.system import file_checksum, remove, remove_abandoned
from autoclue.training.features.features import Features
from autoclue.training.platform import make_scratch

E = TypeVar("E")

FORMAT = "3"
"""Part of every cache key; changes when the way features are made or kept changes."""

NAMES_FILE = "names.json"
"""Lists the arrays of a set with the checksums of their files, so that damage is known."""

SCRATCH_PREFIX = ".features-"

_ARRAYS = ("ids", "segments", "offsets", "examples")
_LARGE = frozenset({"ids", "segments"})
_CHECKSUMS = "checksums"
DAMAGED = ".damaged"
_VALUES, _TOKEN_VALUES = "value", "token_value"


def cache_key(**parts: str) -> str:
    """Name a feature set by everything that it depends on."""
    text = json.dumps({"format": FORMAT, **parts}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def cached_features(
    folder: Path,
    read: Callable[[], Sequence[E]],
    encode: Callable[[Sequence[E]], Features],
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Features:
    """Load a feature set, or make and keep it.

    Several processes may come here at once: each writes a folder of its own and renames it, so
    that no one ever sees half a set.

    Args:
        folder: Where the set is kept.
        read: Reads the split's examples when they are needed.
        encode: Tokenizes them.
        tell: Is told when a set was damaged, and is made anew.

    Raises:
        DataError: The split has no examples.
        FolderError: The set can't be kept (a full disk, a read-only folder).
    """
    features = load_features(folder)
    if features is not None:
        return features
    if folder.is_dir():
        tell(
            f"The tokenized rows in {folder} are damaged; they are put aside as "
            f"{folder.name}{DAMAGED} and made anew."
        )
    examples = read()
    if not examples:
        raise DataError("The split holds no row that can be used; check the data files.")
    made = encode(examples)
    try:
        _keep(made, folder)
    except OSError as error:
        raise FolderError.writing("The tokenized rows", folder.parent, error) from error
    return load_features(folder) or made


def load_features(folder: Path) -> Features | None:
    """Map a cached feature set into memory; ``None`` when it isn't there, torn or damaged.

    All of it is read once, for its checksums.
    """
    try:
        names = json.loads(read_text(folder / NAMES_FILE))
        if names[_CHECKSUMS] != _checksums(folder):
            return None
        arrays = {name: _load(folder, name) for name in _ARRAYS}
        values, token_values = (
            {name: _load(folder, f"{group}-{name}") for name in names[group]}
            for group in (_VALUES, _TOKEN_VALUES)
        )
    except Exception:  # NumPy takes a damaged head for Python, and raises what that raises
        return None
    return Features(**arrays, values=values, token_values=token_values)


def _checksums(folder: Path) -> dict[str, str]:
    return {path.name: file_checksum(path) for path in sorted(folder.glob("*.npy"))}


def _load(folder: Path, name: str) -> NDArray[Any]:
    """Load an array; those with an entry for each token are mapped, not read."""
    mapped = name in _LARGE or name.startswith(_TOKEN_VALUES)
    array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r" if mapped else None)
    return array


def _keep(made: Features, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(folder.parent, SCRATCH_PREFIX)
    scratch = make_scratch(folder.parent, SCRATCH_PREFIX)
    groups = {_VALUES: made.values, _TOKEN_VALUES: made.token_values}
    names = {group: sorted(arrays) for group, arrays in groups.items()}
    try:
        for name in _ARRAYS:
            np.save(scratch / f"{name}.npy", getattr(made, name))
        for group, arrays in groups.items():
            for name, array in arrays.items():
                np.save(scratch / f"{group}-{name}.npy", array)
        told = {**names, _CHECKSUMS: _checksums(scratch)}
        (scratch / NAMES_FILE).write_text(json.dumps(told), encoding="utf-8")
        _put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _put_in_place(scratch: Path, folder: Path) -> None:
    """Give a set its name, unless somebody else's is there; one that is damaged goes aside."""
    if load_features(folder) is not None:
        return
    try:
        os.rename(scratch, folder)
        return
    except OSError:
        if not folder.exists():
            raise
    if load_features(folder) is not None:
        return
    aside = folder.with_name(f"{folder.name}{DAMAGED}")
    remove(aside)
    os.rename(folder, aside)
    os.rename(scratch, folder)
