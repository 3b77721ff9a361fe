"""The cache folder, and writing into it so that nobody ever sees half a file."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from autoclue.errors import UsageError, one_door

CACHE_VARIABLE = "AUTOCLUE_CACHE"


def cache_dir() -> Path:
    """Return the folder of downloads and generated data: ``$AUTOCLUE_CACHE`` or the user's own."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        with one_door(partial(_unusable, Path(chosen))):
            return Path(chosen).expanduser().absolute()
    import pooch  # here, because it takes longer to import than the rest of this package

    return Path(pooch.os_cache("autoclue"))


def make_folder(folder: Path) -> Path:
    """Make a folder of the cache, with its parents.

    Raises:
        UsageError: It can't be made.
    """
    with one_door(partial(_unusable, folder)):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise _unusable(folder, "it can't be written")
    return folder


def _unusable(folder: Path, why: str) -> UsageError:
    return UsageError(
        f"Can't use the cache folder {folder} ({why}); "
        f"set {CACHE_VARIABLE} to a folder that can be written."
    )


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under another name and give it its name once it is whole.

    The user's umask decides who may read it, as for any other file.
    """
    make_folder(path.parent)
    scratch = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        with scratch.open("xb") as file:
            file.write(data)
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold ``path`` as a lock, so that two commands don't fetch or unpack the same thing.

    Raises:
        UsageError: The cache can't be used, as where it is another user's.
    """
    make_folder(path.parent)
    with one_door(partial(_unusable, path.parent)):
        file = path.open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
