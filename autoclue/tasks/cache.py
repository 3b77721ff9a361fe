"""The cache folder, and writing into it so that nobody ever sees half a file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from autoclue.errors import UsageError, one_door
from autoclue.system import remove_abandoned, scratch_name

CACHE_VARIABLE = "AUTOCLUE_CACHE"


def cache_dir() -> Path:
    """Return the folder of downloads and generated data.

    It is ``$AUTOCLUE_CACHE``, or the user's own; where that can't be made, as in a home that is
    read only, one of this user among the temporary files.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        with one_door(partial(_unusable, Path(chosen))):
            return Path(chosen).expanduser().absolute()
    import pooch  # here, because it takes longer to import than the rest of this package

    usual = Path(pooch.os_cache("autoclue"))
    return usual if can_be_made(usual) else _own_temporary()


def _own_temporary() -> Path:
    """Make this user's own folder among the temporary files.

    Raises:
        UsageError: Somebody else has put something in its place.
    """
    folder = Path(tempfile.gettempdir()) / f"autoclue-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise _unusable(folder, "it belongs to somebody else")
    return folder


def can_be_made(folder: Path) -> bool:
    """Make a folder, and return whether it is there and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


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

    Raises:
        OSError: It can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name}-"
    remove_abandoned(path.parent, prefix)
    scratch = path.with_name(scratch_name(prefix))
    try:
        with scratch.open("xb") as file:
            file.write(data)
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def write_to_cache(path: Path, data: bytes) -> None:
    """Write a file of the cache as a whole.

    Raises:
        UsageError: The cache can't be used.
    """
    make_folder(path.parent)
    with one_door(partial(_unusable, path.parent)):
        write_atomically(path, data)


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
