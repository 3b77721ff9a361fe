"""Which folders workers import from: those of the command that started them, and no others."""

from __future__ import annotations

import importlib
import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path


def own_folders(path: Iterable[str], installed: Iterable[str]) -> list[str]:
    """List what an import path holds beside the packages of its Python.

    Args:
        path: An import path, as ``sys.path`` holds it; "" is the current folder.
        installed: Folders below which Python and its packages are; every worker has them.

    Returns:
        Absolute folders in the order of the path: those of ``PYTHONPATH``, of a script, or the
        current one where Python itself put it there.
    """
    below = [f"{os.path.realpath(each)}{os.sep}" for each in installed]
    found = dict.fromkeys(os.path.abspath(entry) for entry in path)
    return [
        folder
        for folder in found
        if os.path.isdir(folder)
        and not any(f"{os.path.realpath(folder)}{os.sep}".startswith(each) for each in below)
    ]


def command_folders() -> list[str]:
    """List what this process's import path holds beside the packages of its Python."""
    installed = [sys.prefix, sys.base_prefix, *site.getsitepackages(), site.getusersitepackages()]
    return own_folders(sys.path, installed)


def import_from(folder: Path) -> None:
    """Have this process import from a folder before all others, from now on."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
