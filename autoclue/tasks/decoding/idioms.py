"""Choose idioms for the blanks of CHID: no idiom is to stand in two blanks of one row."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError

LOST = -1
"""Stands for a blank that got no idiom, because its row has more blanks than candidates."""

PUBLISHED_BATCH_SIZE = 24

Logits = NDArray[np.floating]
Choices = NDArray[np.int64]


def decode_published(
    logits: Logits, groups: NDArray[np.integer], *, batch_size: int = PUBLISHED_BATCH_SIZE
) -> Choices:
    """Decode as the published evaluation does: greedily, within batches of the evaluation.

    A row that the end of a batch cuts is decoded in two parts, which may take an idiom twice.

    Args:
        logits: ``[blanks x candidates]``, in evaluation order.
        groups: ``[blanks]``; neighbours with one number belong to one row.
        batch_size: Blanks in an evaluation batch.

    Returns:
        ``[blanks]``, the index of the chosen candidate, :data:`LOST` for a blank that got none.
    """
    batches = np.arange(len(groups)) // batch_size
    return _by_run(greedy, logits, _runs(groups, batches))


def decode_optimal(logits: Logits, groups: NDArray[np.integer]) -> Choices:
    """Decode every row by the one-to-one assignment with the largest sum of logits.

    Args:
        logits: ``[blanks x candidates]``; neighbours of one group stand together.
        groups: ``[blanks]``; neighbours with one number belong to one row.

    Returns:
        ``[blanks]``, the index of the chosen candidate, :data:`LOST` for a blank that got none.
    """
    return _by_run(optimal, logits, _runs(groups))


def decode_every(logits: Logits, groups: NDArray[np.integer]) -> Choices:
    """Decode every row by its best assignment, and leave no blank without an idiom.

    A row with more blanks than candidates has blanks that the assignment leaves out. Each of them
    takes the idiom with its own largest logit, the first of equal ones.

    Args:
        logits: ``[blanks x candidates]``; neighbours of one group stand together.
        groups: ``[blanks]``; neighbours with one number belong to one row.

    Returns:
        ``[blanks]``, the index of the chosen candidate.
    """
    chosen = decode_optimal(logits, groups)
    return np.where(chosen == LOST, logits.argmax(axis=1), chosen)


def greedy(logits: Logits) -> Choices:
    """Take pairs of idiom and blank from the largest logit down, none of either twice.

    Among equal logits the smaller idiom comes first, then the earlier blank.

    Args:
        logits: ``[blanks x candidates]`` of one row.

    Returns:
        ``[blanks]``, :data:`LOST` for a blank that got none.
    """
    blanks, candidates = logits.shape
    chosen = np.full(blanks, LOST, dtype=np.int64)
    taken: set[int] = set()
    for place in np.argsort(-logits.T.ravel(), kind="stable").tolist():
        idiom, blank = divmod(place, blanks)
        if idiom not in taken and chosen[blank] == LOST:
            chosen[blank] = idiom
            taken.add(idiom)
            if len(taken) == min(blanks, candidates):
                break
    return chosen


def optimal(logits: Logits) -> Choices:
    """Find the one-to-one assignment with the largest sum of logits.

    Args:
        logits: ``[blanks x candidates]`` of one row.

    Returns:
        ``[blanks]``, :data:`LOST` for a blank that got none.
    """
    from scipy.optimize import linear_sum_assignment

    chosen = np.full(len(logits), LOST, dtype=np.int64)
    blanks, idioms = linear_sum_assignment(logits, maximize=True)
    chosen[blanks] = idioms
    return chosen


def refuse_lost(choices: Choices, groups: NDArray[np.integer]) -> None:
    """Stop where the published script does when it scores: a blank without an idiom.

    Args:
        choices: ``[blanks]``, as decoded.
        groups: ``[blanks]``, the row of each.

    Raises:
        DataError: A row has more blanks than candidates.
    """
    lost = np.flatnonzero(choices == LOST)
    if len(lost):
        raise DataError(
            f"Row {int(groups[lost[0]]) + 1} has more blanks than candidates, which the published "
            "decoding can't score; split the row, or use protocol sound."
        )


def _runs(*keys: NDArray[np.integer]) -> Iterator[slice]:
    """Yield the runs of neighbours that are equal in every key."""
    changes = np.logical_or.reduce([np.diff(key) != 0 for key in keys])
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(keys[0])]
    for first, end in itertools.pairwise(edges):
        if end > first:
            yield slice(first, end)


def _by_run(decode: Callable[[Logits], Choices], logits: Logits, runs: Iterator[slice]) -> Choices:
    chosen = np.full(len(logits), LOST, dtype=np.int64)
    for run in runs:
        chosen[run] = decode(logits[run])
    return chosen
