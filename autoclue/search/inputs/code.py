"""The user's own modules from which strategies come: their files, and what identifies them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path

from autoclue.system import file_sha256


def module_of(strategy: str) -> str | None:
    """Return the module at the top that a strategy written ``module:Class`` is imported from.

    Of autoclue's own the version says all.
    """
    path, colon, _ = strategy.partition(":")
    top = path.partition(".")[0]
    return top if colon and top != "autoclue" else None


def code_files(module: str, folders: Iterable[str]) -> dict[str, Path]:
    """Find the files of a module or package.

    Args:
        module: Its name, without a dot.
        folders: Where it is looked for, in this order.

    Returns:
        By relative path below the folder that it was found in; none where it isn't there.
    """
    found = PathFinder.find_spec(module, list(folders))
    if found is None or found.origin is None or not found.has_location:
        return {}
    path = Path(found.origin)
    if not found.submodule_search_locations:
        return {path.name: path}
    files = sorted(each for each in path.parent.rglob("*.py") if each.is_file())
    return {each.relative_to(path.parent.parent).as_posix(): each for each in files}


def code_key(files: dict[str, Path]) -> str:
    """Identify a module by the content of its files, as the sha256 in hex.

    Raises:
        OSError: One can't be read.
    """
    told = "".join(f"{file_sha256(path)} {name}\n" for name, path in sorted(files.items()))
    return hashlib.sha256(told.encode()).hexdigest()
