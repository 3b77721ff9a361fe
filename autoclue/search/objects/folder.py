"""Objects as files below a folder, on a disk or a file system that machines share."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TypeVar

from autoclue.errors import FolderError, reason_of
from autoclue.search.objects.store import StoreError
from autoclue.system import file_sha256, remove_abandoned
from autoclue.training.checkpoints import sync
from autoclue.training.platform import make_scratch_file

SCRATCH_PREFIX = ".object-"

Result = TypeVar("Result")


class FolderObjects:
    """Keeps each object as a file, which gets its name once it is whole and on the disk."""

    def __init__(self, root: Path) -> None:
        """Use a folder, which needn't be there."""
        self._root = root

    @property
    def text(self) -> str:
        """The folder."""
        return str(self._root)

    def put(self, source: Path, place: str) -> str:
        """Copy a file in."""
        sha256, size = file_sha256(source), source.stat().st_size
        path = self._root / place / sha256
        if not self._try(lambda: path.is_file() and path.stat().st_size == size):
            with self._new(path) as scratch:
                shutil.copyfile(source, scratch)
        return sha256

    def get(self, place: str, sha256: str, target: Path) -> bool:
        """Copy an object out."""
        path = self._root / place / sha256
        if not self._try(path.is_file):
            return False
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        except FileNotFoundError:  # somebody has just dropped it
            return False
        except OSError as error:
            raise FolderError.writing("A file of the artifact store", target, error) from error
        return True

    def write(self, content: bytes, place: str) -> str:
        """Write a short file."""
        sha256 = hashlib.sha256(content).hexdigest()
        with self._new(self._root / place / sha256) as scratch:
            scratch.write_bytes(content)
        return sha256

    def read(self, place: str, sha256: str) -> bytes | None:
        """Read a short file."""

        def read() -> bytes | None:
            with contextlib.suppress(FileNotFoundError):
                return (self._root / place / sha256).read_bytes()
            return None

        return self._try(read)

    def names(self, place: str) -> frozenset[str]:
        """List the files below a folder, without those that are being written."""
        folder = self._root / place
        found = self._try(lambda: [path for path in folder.rglob("*") if path.is_file()])
        relative = (path.relative_to(folder) for path in found)
        return frozenset(p.as_posix() for p in relative if not p.name.startswith(SCRATCH_PREFIX))

    def drop(self, place: str, names: Collection[str] | None = None) -> None:
        """Delete files, or a folder."""
        folder = self._root / place
        if names is None:
            shutil.rmtree(folder, ignore_errors=True)  # what is left is dropped with the next one
            return
        for name in names:
            path = folder / name
            self._try(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]

    @contextlib.contextmanager
    def _new(self, path: Path) -> Iterator[Path]:
        """Give a scratch file, and put it in its place once it is written."""

        def begin() -> Path:
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_abandoned(path.parent, SCRATCH_PREFIX)
            return make_scratch_file(path.parent, SCRATCH_PREFIX)

        scratch = self._try(begin)
        try:
            with self._refusing():
                yield scratch
                sync(scratch)
                os.replace(scratch, path)
                sync(path.parent)
        finally:
            scratch.unlink(missing_ok=True)

    def _try(self, use: Callable[[], Result]) -> Result:
        with self._refusing():
            return use()

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"The artifact store {self._root} can't be used: {reason_of(error)}. Free some "
                "space there, or make it readable and writable on every machine."
            ) from error
