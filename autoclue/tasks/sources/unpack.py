"""Unpack a zip or tar archive: regular files only, nothing outside the folder, all or nothing."""

from __future__ import annotations

import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from autoclue.errors import DataError

_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
)
"""What the standard library raises for a broken or encrypted archive."""

Opened = tuple[str, Callable[[], IO[bytes] | None]]
"""A member's name, and how to open it."""


def unpack(archive: Path, target: Path, *, check: Callable[[Path], None]) -> None:
    """Unpack ``archive`` as the folder ``target``, which appears once it is whole and checked.

    Args:
        archive: A zip archive, or a tar archive under any of its compressions.
        target: A folder that does not exist yet.
        check: Looks at the unpacked folder before it gets its name; raises what is wrong.

    Raises:
        DataError: It is no such archive, is damaged, or has a member that would land elsewhere.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target.parent) as scratch:
        folder = Path(scratch) / "files"
        folder.mkdir()
        try:
            for name, opened in _members(archive):
                _write(folder / _safe(name, archive), opened)
        except _DAMAGED as error:
            raise DataError(f"Can't unpack {archive}: {error}. Delete it to try again.") from error
        check(folder)
        folder.rename(target)


def _members(archive: Path) -> Iterator[Opened]:
    """Return the regular files of an archive; links and devices are left out."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for item in packed.infolist():
                mode = item.external_attr >> 16
                if not item.is_dir() and (not stat.S_IFMT(mode) or stat.S_ISREG(mode)):
                    yield item.filename, partial(packed.open, item)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tape:
            for member in tape:
                if member.isreg():
                    yield member.name, partial(tape.extractfile, member)
    else:
        raise DataError(f"{archive} is neither a zip nor a tar archive; delete it to try again.")


def _safe(name: str, archive: Path) -> PurePosixPath:
    """Refuse a member that would be written outside the folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise DataError(f"{archive} holds a file with an unsafe path, {name!r}; it is not used.")
    return path


def _write(path: Path, opened: Callable[[], IO[bytes] | None]) -> None:
    """Copy a member to its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = opened()
    if source is None:
        return
    with source, path.open("wb") as file:
        shutil.copyfileobj(source, file)
