"""Write files so that they are whole or not there at all, also after a power failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Wait until a folder and all files in it are on the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def remove_scratch(folder: Path, *prefixes: str) -> None:
    """Remove what a killed process has left half-written.

    Args:
        folder: Where to look, not below it.
        prefixes: How the names of scratch files and folders begin.
    """
    for prefix in prefixes:
        for path in folder.glob(f"{prefix}*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)  # the next beginning tries again
            else:
                path.unlink(missing_ok=True)
