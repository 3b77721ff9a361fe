"""Write a model's folder whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from autoclue.errors import FolderError, UsageError
from autoclue.training.platform import make_scratch, share_as_usual


def write_whole(folder: Path, write: Callable[[Path], None]) -> Path:
    """Fill a new folder, so that it is there complete or not at all.

    Args:
        folder: Where to write; must not exist or be empty.
        write: Fills a scratch folder, which is then put there.

    Raises:
        UsageError: The folder holds something.
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} exists already and is not empty; give a new folder.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = make_scratch(folder.parent, f".{folder.name}-")
        try:
            write(scratch)
            share_as_usual(scratch)
            if folder.exists():
                folder.rmdir()
            os.rename(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        if not (folder / "config.json").is_file():  # another process may have been faster
            raise FolderError.writing("The model", folder, error) from error
    return folder
