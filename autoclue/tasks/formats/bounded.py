"""Bounds for what is packed: a few bytes can stand for more than any disk holds."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final, Protocol, cast

from autoclue.errors import DataError

MOST_BYTES: Final = 4 * 2**30
"""Of all files of an archive."""
FREE_BYTES: Final = 64 * 2**20
MOST_TIMES: Final = 200
"""Bytes of files to a byte of their archive, beyond ``FREE_BYTES``; text packs 10 to 20 times."""
MOST_FILES: Final = 10_000
MOST_CELLS: Final = 50_000_000
"""Of a table that says how large it is, or that stores what repeats once."""
CHUNK_BYTES: Final = 2**20


class UnpackBudget:
    """Counts what an archive or a packed file unpacks to."""

    def __init__(self, archive: Path, *, size: int, advice: str = "") -> None:
        """Begin to count.

        Args:
            archive: What it is called.
            size: Its own bytes.
            advice: What to do where it is too large, as a sentence.
        """
        self._archive = archive
        self._advice = f" {advice}" if advice else ""
        self._left = min(MOST_BYTES, max(FREE_BYTES, MOST_TIMES * size))
        self._files = 0
        self._cells = 0

    def spend(self, count: int) -> None:
        """Take so many bytes.

        Raises:
            DataError: They are too many.
        """
        self._left -= count
        if self._left < 0:
            raise self._too_large("unpacks to more than any data set of its size")

    def begin(self) -> None:
        """Take another file.

        Raises:
            DataError: They are too many.
        """
        self._files += 1
        if self._files > MOST_FILES:
            raise self._too_large(f"holds more than {MOST_FILES:,} files")

    def hold(self, cells: int) -> None:
        """Take so many cells of a table.

        Raises:
            DataError: They are too many.
        """
        self._cells += cells
        if self._cells > MOST_CELLS:
            raise self._too_large(f"stands for more than {MOST_CELLS:,} cells")

    def _too_large(self, problem: str) -> DataError:
        return DataError(f"{self._archive} {problem}; it is not used.{self._advice}")


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Read so many bytes, or fewer at the end."""


class CountedStream(io.RawIOBase):
    """A decompressed stream that a budget pays for; the framework imposes the base class."""

    def __init__(self, inner: Readable, budget: UnpackBudget) -> None:
        """Read from a stream on a budget."""
        super().__init__()
        self._inner = inner
        self._budget = budget

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer."""
        view = memoryview(cast(bytearray, buffer))
        data = self._inner.read(min(len(view), CHUNK_BYTES))
        self._budget.spend(len(data))
        view[: len(data)] = data
        return len(data)
