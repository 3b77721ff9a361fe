"""First word embeddings from co-occurrence counts, so that training need not begin at nothing.

The left singular vectors of the matrix of positive pointwise mutual information (Levy and
Goldberg 2014, "Neural word embedding as implicit matrix factorization"), with left and right
neighbours apart. It costs about as much as a few hundred updates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WINDOW_TOKENS = 4
SMOOTHING = 0.75
_EXTRA = 32
_ROUNDS = 2


def right_neighbours(tokens: NDArray[np.uint16], entries: int) -> Floats:
    """Count what follows each entry, a neighbour at distance d as 1/d; [entries x entries]."""
    counts = np.zeros(entries * entries, np.float64)
    for distance in range(1, WINDOW_TOKENS + 1):
        keys = tokens[:-distance].astype(np.int64) * entries + tokens[distance:]
        counts += np.bincount(keys, minlength=entries * entries) / distance
    return counts.reshape(entries, entries).astype(np.float32)


def positive_information(counts: Floats) -> Floats:
    """Return max(0, log p(context | entry) / p(context)), contexts smoothed, 0 where none is."""
    rows = counts.sum(1, keepdims=True)
    columns = counts.sum(0, keepdims=True) ** SMOOTHING
    expected = rows * (columns / columns.sum())
    ratio = np.divide(counts, expected, out=np.ones_like(counts), where=expected > 0)
    information: Floats = np.log(np.maximum(ratio, 1.0))
    return information


def word_vectors(tokens: NDArray[np.uint16], entries: int, *, width: int, seed: int) -> Floats:
    """Return a vector of mean square 1 for each entry; [entries x width].

    Entries that never occur get random ones. The singular vectors come from a randomized
    decomposition (Halko, Martinsson and Tropp 2011, arXiv:0909.4061).
    """
    rng = np.random.default_rng(seed)
    right = right_neighbours(tokens, entries)
    matrix = np.concatenate([positive_information(right), positive_information(right.T)], 1)
    basis = rng.normal(size=(matrix.shape[1], min(width + _EXTRA, entries))).astype(np.float32)
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(matrix.T @ np.linalg.qr(matrix @ basis)[0])[0]
    left, sizes, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    vectors = left[:, :width] * np.sqrt(sizes[:width])
    vectors = np.pad(vectors, ((0, 0), (0, width - vectors.shape[1])))
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    random = rng.normal(size=vectors.shape)
    unit = np.where(norms > 0, vectors / np.maximum(norms, 1e-12) * np.sqrt(width), random)
    return unit.astype(np.float32)
