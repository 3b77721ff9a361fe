"""Keep a part of the development set away from every choice, and report it beside the rest.

A search that picks the best of many scores on some rows has fitted its pick to these rows. A part
of the development set that chose nothing shows by how much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import UsageError

HOLDOUT_SEED: Final = 0
"""Fixes which rows are held out. Neither a trial's seed nor a search's changes them, so that all
trials, searches and confirmations of a task with the same share are judged on the same rows."""


@dataclass(frozen=True, slots=True)
class DevParts:
    """The rows of a development set, by what they are for.

    Attributes:
        selection: Rows that choose: best models, stops and winners. Ascending, ``[s]``.
        held_out: Rows that are only reported. Ascending, ``[h]``; empty for no holdout.
    """

    selection: NDArray[np.int64]
    held_out: NDArray[np.int64]


def check_holdout(share: float) -> None:
    """Refuse a share that leaves nothing to select by.

    Raises:
        UsageError: It is negative, 1 or more, or no number.
    """
    if not (math.isfinite(share) and 0 <= share < 1):
        raise UsageError(
            f"holdout is {share:g}; it must be a share of the development set, at least 0 and "
            "below 1: 0.5 selects on one half and reports the other, 0 holds nothing out."
        )


def split_dev(
    strata: Sequence[int] | NDArray[np.int64], share: float, *, seed: int = HOLDOUT_SEED
) -> DevParts:
    """Split development rows by stratum into a part that selects and a part that is held out.

    The held-out part gets its share of each stratum, rounded down or up so that the whole comes as
    close to the share as it can. A stratum with two rows or more has rows in both parts. One with
    a single row stays in the part that selects. The strata of a classification are its labels.

    Args:
        strata: Stratum of each row, in the order of the file, ``[rows]``.
        share: Share of the rows to hold out, in [0, 1); 0 holds out none.
        seed: Fixes which rows of a stratum are held out.

    Raises:
        UsageError: The share is out of range, or leaves one of the two parts without a row.
    """
    check_holdout(share)
    given = np.asarray(strata, dtype=np.int64)
    if share == 0:
        return DevParts(np.arange(len(given)), np.empty(0, dtype=np.int64))
    groups = [np.flatnonzero(given == stratum) for stratum in np.unique(given)]
    counts = _held_out_counts([len(group) for group in groups], share)
    # RandomState, because NumPy has frozen its streams: a new version must not move the rows.
    random = np.random.RandomState(seed)
    taken = [random.permutation(g)[:count] for g, count in zip(groups, counts, strict=True)]
    is_held_out = np.zeros(len(given), dtype=bool)
    is_held_out[np.concatenate([np.empty(0, dtype=np.int64), *taken])] = True
    parts = DevParts(np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))
    if len(parts.selection) == 0 or len(parts.held_out) == 0:
        raise UsageError(
            f"The {len(given)} usable rows of the development set can't be split with holdout "
            f"{share:g}: some label needs two rows or more. Leave --holdout out."
        )
    return parts


def _held_out_counts(sizes: Sequence[int], share: float) -> list[int]:
    """Share out the held-out rows among strata of these sizes, by largest remainder."""
    wanted = [round(share * size, 9) for size in sizes]  # 0.1 * 30 is a hair above 3
    least = [
        max(math.floor(want), 1 if size > 1 else 0)
        for want, size in zip(wanted, sizes, strict=True)
    ]
    most = [min(math.ceil(want), size - 1) for want, size in zip(wanted, sizes, strict=True)]
    least = [min(low, high) for low, high in zip(least, most, strict=True)]
    counts = list(least)
    missing = round(share * sum(sizes)) - sum(counts)
    by_remainder = sorted(range(len(sizes)), key=lambda i: (least[i] - wanted[i], i))
    for i in by_remainder:
        if missing > 0 and counts[i] < most[i]:
            counts[i] += 1
            missing -= 1
    return counts
