"""Write files whole or not at all, after a look at whether the folder can be written."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import FolderError, UsageError

SCRATCH_PREFIX = ".predictions-"


def check_folder_for(folder: Path) -> None:
    """Refuse a folder that can't be made or written, before any time is spent; nothing is made.

    Raises:
        UsageError: A file stands in its place or above it, or it is read-only.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise UsageError(f"{there} is a file, so that nothing can be written to {folder}.")
    if not os.access(there, os.W_OK):
        raise UsageError(f"{there} can't be written; make it writable or choose another folder.")


def write_files(folder: Path, files: Mapping[str, bytes], *, what: str) -> tuple[Path, ...]:
    """Write files into a folder, in place of those of the same names.

    All of them are written before the first gets its name, so that a full disk leaves the folder
    as it was.

    Args:
        folder: The folder; it is made where it isn't there.
        files: Content by file name.
        what: What is written, for the error: "The predictions".

    Returns:
        The files' paths.

    Raises:
        FolderError: They can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / f"{SCRATCH_PREFIX}{secrets.token_hex(8)}"
        scratch.mkdir()
        try:
            for name, content in files.items():
                (scratch / name).write_bytes(content)
            for name in files:
                os.replace(scratch / name, folder / name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise FolderError.writing(what, folder, error) from error
    return tuple(folder / name for name in files)
