"""Tokenize a split once; every trial on this machine maps the result into memory."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError, FolderError
from autoclue.tasks import Example

FORMAT = "1"
"""Part of every cache key; changes when the way features are made changes."""

CHUNK_ROWS = 1000
"""Rows that are tokenized at once; a list of Python numbers takes ten times an array's memory."""

Encode = Callable[[Sequence[Example]], tuple[list[list[int]], list[list[int]]]]
"""Texts to token ids and segment ids, each a list a row."""


@dataclass(frozen=True, slots=True)
class Features:
    """A tokenized split.

    Attributes:
        ids: Token ids of all rows, one after another, ``int32 [tokens]``.
        segments: Segment ids likewise, ``uint8 [tokens]``.
        offsets: Where each row begins, and the end of the last, ``int64 [rows + 1]``.
        labels: Label indices, ``int64 [rows]``; -1 where a row has none.
    """

    ids: NDArray[np.int32]
    segments: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each row, ``[rows]``."""
        return np.diff(self.offsets)

    def batch(
        self, rows: NDArray[np.int64], pad_id: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Gather rows, padded to the longest of them.

        Args:
            rows: Row numbers, ``[b]``.
            pad_id: Token id to fill up with; segments are filled with 0.

        Returns:
            Token ids ``[b x l]``, segment ids ``[b x l]`` and labels ``[b]``.
        """
        starts, ends = self.offsets[rows], self.offsets[rows + 1]
        shape = (len(rows), int((ends - starts).max()))
        ids = np.full(shape, pad_id, dtype=np.int64)
        segments = np.zeros(shape, dtype=np.int64)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            ids[i, : end - start] = self.ids[start:end]
            segments[i, : end - start] = self.segments[start:end]
        return ids, segments, self.labels[rows]


def cache_key(**parts: str) -> str:
    """Name a feature set by everything that it depends on."""
    text = json.dumps({"format": FORMAT, **parts}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def load_features(folder: Path) -> Features | None:
    """Map a cached feature set into memory; ``None`` when it isn't there or is torn."""
    try:
        return Features(
            ids=np.load(folder / "ids.npy", mmap_mode="r"),
            segments=np.load(folder / "segments.npy", mmap_mode="r"),
            offsets=np.load(folder / "offsets.npy"),
            labels=np.load(folder / "labels.npy"),
        )
    except (FileNotFoundError, ValueError, EOFError):
        return None


def cached_features(
    folder: Path, read: Callable[[], Sequence[Example]], encode: Encode
) -> Features:
    """Load a feature set, or make and keep it.

    Several processes may come here at once: each writes a folder of its own and renames it, so
    that no one ever sees half a set.

    Args:
        folder: Where the set is kept.
        read: Gives the split's rows when they are needed.
        encode: Tokenizes rows.

    Raises:
        DataError: The split has no rows.
        FolderError: The set can't be kept (a full disk, a read-only folder).
    """
    features = load_features(folder)
    if features is not None:
        return features
    made = make_features(read(), encode)
    try:
        _keep(made, folder)
    except OSError as error:
        raise FolderError.writing("The tokenized rows", folder.parent, error) from error
    return load_features(folder) or made


def _keep(made: Features, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in ("ids", "segments", "offsets", "labels"):
            np.save(scratch / f"{name}.npy", getattr(made, name))
        _put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def make_features(examples: Sequence[Example], encode: Encode) -> Features:
    """Tokenize rows.

    Raises:
        DataError: There are none.
    """
    if not examples:
        raise DataError("The split holds no row that can be used; check the data files.")
    ids: list[NDArray[np.int32]] = []
    segments: list[NDArray[np.uint8]] = []
    offsets = np.zeros(len(examples) + 1, dtype=np.int64)
    for start in range(0, len(examples), CHUNK_ROWS):
        id_rows, segment_rows = encode(examples[start : start + CHUNK_ROWS])
        offsets[start + 1 : start + 1 + len(id_rows)] = [len(row) for row in id_rows]
        ids.append(np.fromiter(chain.from_iterable(id_rows), dtype=np.int32))
        segments.append(np.fromiter(chain.from_iterable(segment_rows), dtype=np.uint8))
    return Features(
        ids=np.concatenate(ids),
        segments=np.concatenate(segments),
        offsets=np.cumsum(offsets),
        labels=np.array([-1 if e.label is None else e.label for e in examples], dtype=np.int64),
    )


def _put_in_place(scratch: Path, folder: Path) -> None:
    if load_features(folder) is not None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rename(scratch, folder)
    except OSError:
        if load_features(folder) is None:
            raise
