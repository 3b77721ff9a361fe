"""Unpack a zip or tar archive: regular files only, nothing outside the folder, all or nothing.

What an archive unpacks to is bounded, see ``UnpackBudget``.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from autoclue.errors import DataError, FolderError, one_door
from autoclue.outside import quoted
from autoclue.tasks.formats import CHUNK_BYTES, CountedStream, UnpackBudget

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})
"""Errors of writing that are no fault of an archive."""

Opened = tuple[str, Callable[[], IO[bytes] | None]]
"""A member's name, and how to open it."""


def unpack(archive: Path, target: Path, *, check: Callable[[Path], None]) -> None:
    """Unpack ``archive`` as the folder ``target``, which appears once it is whole and checked.

    Args:
        archive: A zip archive, or a tar archive under any of its compressions.
        target: A folder that does not exist yet.
        check: Looks at the unpacked folder before it gets its name; raises what is wrong.

    Raises:
        DataError: It is no such archive, is damaged, too large, or has a member that would land
            elsewhere.
        FolderError: The cache can't be written, as on a full disk; the archive is as good as
            before.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=target.parent) as scratch:
            folder = Path(scratch) / "files"
            folder.mkdir()
            with one_door(partial(_damaged, archive)):
                _unpack_into(archive, folder)
            check(folder)
            folder.rename(target)
    except OSError as error:
        raise FolderError.writing("The unpacked data", target.parent, error) from error


def _damaged(archive: Path, reason: str) -> DataError:
    return DataError(f"Can't unpack {archive}: {reason}. Delete it to try again.")


def _unpack_into(archive: Path, folder: Path) -> None:
    budget = UnpackBudget(
        archive, size=archive.stat().st_size, advice="Delete it to fetch another."
    )
    for name, opened in _members(archive, budget):
        budget.begin()
        path = folder / _safe(name, archive)
        source = opened()
        if source is not None:
            with source:
                _write(path, source, budget)


def _members(archive: Path, budget: UnpackBudget) -> Iterator[Opened]:
    """Return the regular files of an archive; links and devices are left out."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for item in packed.infolist():
                mode = item.external_attr >> 16
                if not item.is_dir() and (not stat.S_IFMT(mode) or stat.S_ISREG(mode)):
                    yield item.filename, partial(packed.open, item)
        return
    with (
        _decompressed(archive) as plain,
        io.BufferedReader(CountedStream(plain, budget)) as stream,
    ):
        try:
            tape = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115 - closed below
        except tarfile.ReadError as error:
            raise DataError(
                f"{archive} is neither a zip nor a tar archive; delete it to try again."
            ) from error
        with tape:
            for member in tape:
                if member.isreg():
                    yield member.name, partial(tape.extractfile, member)


def _decompressed(archive: Path) -> IO[bytes]:
    """Open a tar archive without its compression, which its first bytes tell."""
    with archive.open("rb") as file:
        head = file.read(6)
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.open(archive))
    if head.startswith(b"BZh"):
        return cast(IO[bytes], bz2.open(archive))
    if head.startswith((b"\xfd7zXZ", b"\x5d\x00\x00")):
        return cast(IO[bytes], lzma.open(archive))
    return archive.open("rb")


def _safe(name: str, archive: Path) -> PurePosixPath:
    """Refuse a member that would be written outside the folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise DataError(
            f"{archive} holds a file with an unsafe path, {quoted(name)}; it is not used."
        )
    return path


def _write(path: Path, source: IO[bytes], budget: UnpackBudget) -> None:
    """Copy a member to its place.

    Raises:
        FolderError: The disk doesn't take it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    except OSError as error:
        raise _at_fault(path, error) from error
    with file:
        while chunk := source.read(CHUNK_BYTES):
            budget.spend(len(chunk))
            try:
                file.write(chunk)
            except OSError as error:
                raise _at_fault(path, error) from error


def _at_fault(path: Path, error: OSError) -> Exception:
    """Tell a disk that takes nothing more from a member whose name can't be one."""
    if error.errno in _DISK:
        return FolderError.writing("The unpacked data", path.parent, error)
    return error
