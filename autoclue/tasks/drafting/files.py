"""Find out which files hold a data set, and which part each of them is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.tasks.formats import FILE_FORMATS, file_suffix

STATE_FILE: Final = "state.json"
SPLIT_NAMES: Final = {
    "train": ("train", "training"),
    "dev": ("dev", "valid", "validation", "val", "eval"),
    "test": ("test", "testing"),
}
"""What people call the parts, by what a task's file calls them."""

SUFFIXES: Final = frozenset(s for form in FILE_FORMATS.values() for s in form.suffixes)


def find_parts(data: Path) -> dict[str, Path]:
    """Find the file of each part.

    Args:
        data: A file, with the others beside it where it is called train; or a folder.

    Raises:
        UsageError: Nothing that looks like data is there, or it isn't clear which file is meant.
    """
    if data.is_file():
        beside = [path for path in _data_files(data.parent) if _looks_alike(path, data)]
        named = _named_parts(beside) if named_part(data) == "train" else {}
        return {"train": data, **{k: path for k, path in named.items() if k != "train"}}
    if not data.is_dir():
        raise UsageError(f"There is no {data}; give a file or a folder of data.")
    if (data / STATE_FILE).is_file():
        return {"train": data}
    folders = [path for path in sorted(data.iterdir()) if (path / STATE_FILE).is_file()]
    found = folders or _data_files(data)
    parts = _named_parts(found)
    if "train" in parts:
        return parts
    if len(found) == 1:
        return {"train": found[0]}
    names = ", ".join(path.name for path in found[:10]) or "none that looks like data"
    raise UsageError(
        f"It isn't clear which file of {data} holds the rows to train on: there is {names}. Name "
        "one with train, or give the file."
    )


def named_part(path: Path) -> str | None:
    """Return which part a file's name says that it is."""
    words = re.split(r"[^a-z]+", path.name.lower())
    found = (part for part, names in SPLIT_NAMES.items() if set(names) & set(words))
    return next(found, None)


def _named_parts(paths: list[Path]) -> dict[str, Path]:
    """Return the first file of each part."""
    parts: dict[str, Path] = {}
    for path in paths:
        part = named_part(path)
        if part is not None:
            parts.setdefault(part, path)
    return parts


def _data_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and (file_suffix(path) in SUFFIXES or path.suffix.lower() == ".zip")
    )


def _looks_alike(path: Path, other: Path) -> bool:
    return file_suffix(path) == file_suffix(other)
