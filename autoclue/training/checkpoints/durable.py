"""Write files so that they are whole or not there at all, also after a power failure."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from pathlib import Path

SWAP_ATTEMPTS = 5


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


def put_in_place(new: Path, folder: Path, *, scratch_prefix: str) -> None:
    """Put a finished folder where an older one may stand.

    Another process may do the same at the same time: what a killed search has left running. So
    the older folder may go, or come back, between any two lines of this.

    Args:
        new: The finished folder.
        folder: Where it belongs.
        scratch_prefix: How the name of a folder begins that holds the older one for a moment.

    Raises:
        OSError: The place stayed taken, or can't be written.
    """
    aside = Path(tempfile.mkdtemp(prefix=scratch_prefix, dir=folder.parent))
    try:
        for attempt in range(1, SWAP_ATTEMPTS + 1):
            try:
                os.rename(new, folder)
                return
            except OSError as error:
                taken = error.errno in {errno.ENOTEMPTY, errno.EEXIST}
                if not taken or attempt == SWAP_ATTEMPTS:
                    raise
            _move_away(folder, aside / str(attempt))
    finally:
        shutil.rmtree(aside, ignore_errors=True)  # last: the place is empty only for a moment


def _move_away(folder: Path, to: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.rename(folder, to)
