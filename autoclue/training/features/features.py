"""A tokenized split as a few arrays, and the batches that are gathered from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Features side by side, each sequence padded to the longest of them.

    Attributes:
        ids: Token ids ``[b x l]``, or ``[b x s x l]`` where a feature has s > 1 sequences.
        segments: Segment ids, likewise.
        values: What loss and decoding need of each feature, by name, ``[b x ...]``.
    """

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    values: Arrays


@dataclass(frozen=True, slots=True)
class Features:
    """A tokenized split.

    A feature is what a network answers at once: one sequence, or several that compete, such as the
    choices of a question. An example has one feature or more, such as the windows of a long text.

    Attributes:
        ids: Token ids of all sequences, one after another, ``int32 [tokens]``.
        segments: Segment ids likewise, ``uint8 [tokens]``.
        offsets: Where each sequence begins, and the end of the last, ``int64 [sequences + 1]``;
            every feature has the same number of sequences, and they stand together.
        examples: The example that each feature belongs to, ``int64 [features]``, ascending.
        values: What loss and decoding need of each feature, by name, ``[features x ...]``.
        token_values: What decoding needs of each token, by name, ``[tokens x ...]``.
    """

    ids: NDArray[np.int32]
    segments: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    examples: NDArray[np.int64]
    values: Arrays
    token_values: Arrays = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def sequences_each(self) -> int:
        """Sequences of a feature."""
        return (len(self.offsets) - 1) // len(self)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of the longest sequence of each feature, ``[features]``."""
        lengths: NDArray[np.int64] = np.diff(self.offsets).reshape(len(self), -1).max(axis=1)
        return lengths

    def batch(self, rows: NDArray[np.int64], pad_id: int) -> Batch:
        """Gather features, each sequence padded on the right to the longest of them.

        Args:
            rows: Numbers of the features, ``[b]``.
            pad_id: Token id to fill up with; segments are filled with 0.
        """
        each = self.sequences_each
        sequences = (rows[:, None] * each + np.arange(each)).ravel()
        starts, ends = self.offsets[sequences], self.offsets[sequences + 1]
        shape = (len(sequences), int((ends - starts).max()))
        ids: NDArray[np.int64] = np.full(shape, pad_id, dtype=np.int64)
        segments: NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            ids[i, : end - start] = self.ids[start:end]
            segments[i, : end - start] = self.segments[start:end]
        if each > 1:
            ids = ids.reshape(len(rows), each, -1)
            segments = segments.reshape(len(rows), each, -1)
        return Batch(ids, segments, {name: array[rows] for name, array in self.values.items()})


def join_features(parts: Sequence[Features]) -> Features:
    """Put the features of consecutive examples one after another.

    Args:
        parts: At least one; their ``examples`` count through.
    """
    ends = np.cumsum([0, *(part.offsets[-1] for part in parts)])
    shifted = [part.offsets[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]

    def joined(array: Callable[[Features], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([array(part) for part in parts])

    return Features(
        ids=joined(lambda part: part.ids),
        segments=joined(lambda part: part.segments),
        offsets=np.concatenate([parts[0].offsets[:1], *shifted]),
        examples=joined(lambda part: part.examples),
        values={n: np.concatenate([part.values[n] for part in parts]) for n in parts[0].values},
        token_values={
            n: np.concatenate([part.token_values[n] for part in parts])
            for n in parts[0].token_values
        },
    )
