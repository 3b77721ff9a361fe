"""Cut parts off the training rows, where a data set comes as one file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from autoclue.errors import DataError
from autoclue.tasks.spec_parts import Split

TRAIN = "train"
_SOURCES = ("context", "passage")
"""The fields of an example that hold a text of which several questions may be asked."""
_NOT_READ = frozenset({"row", "id", "label", "labels", "answers"})


def sources_of(examples: Sequence[Any]) -> list[Hashable]:
    """Return what rows that belong together share: the text that they ask about, or all texts."""
    for name in _SOURCES:
        if any(getattr(each, name, "") for each in examples[:1]):
            return [getattr(each, name) for each in examples]
    return texts_of_examples(examples)


def texts_of_examples(examples: Sequence[Any]) -> list[Hashable]:
    """Return all that a model reads of each example: everything but its place, name and label."""
    if not examples:
        return []
    names = [f.name for f in dataclasses.fields(examples[0]) if f.name not in _NOT_READ]
    read: Callable[[Any], Hashable] = attrgetter(*names)
    return list(map(read, examples))


def cut_parts(
    sources: Sequence[Hashable], strata: Sequence[int], split: Split
) -> Mapping[str, list[int]]:
    """Deal rows out to train and to the parts that are cut off.

    Rows of one source stay together, so that no text stands in two parts. Within each stratum
    they are shuffled and then dealt out evenly, so that every part gets its share of each stratum
    as far as whole rows allow; the first of a stratum always stays in train.

    Args:
        sources: What each row is about, ``[rows]``.
        strata: Stratum of each row, ``[rows]``; a source belongs to that of its first row.
        split: The shares and the seed.

    Returns:
        The rows of each part, ascending; every row is in exactly one.
    """
    import numpy as np  # here, because it takes longer to import than the rest of this room

    groups: dict[Hashable, list[int]] = {}
    for row, source in enumerate(sources):
        groups.setdefault(source, []).append(row)
    members = list(groups.values())
    of_group = [strata[rows[0]] if split.stratify else 0 for rows in members]
    # RandomState, because NumPy has frozen its streams: a new version must not move the rows.
    shuffled = np.random.RandomState(split.seed).permutation(len(members))
    order = sorted(shuffled.tolist(), key=lambda group: of_group[group])
    parts: dict[str, list[int]] = {TRAIN: [], **{name: [] for name in split.shares}}
    due = dict.fromkeys(split.shares, 0.0)
    before: int | None = None
    for group in order:
        first, before = of_group[group] != before, of_group[group]
        size = len(members[group])
        due = {name: owed + split.shares[name] * size for name, owed in due.items()}
        name = max(due, key=lambda each: due[each])
        if first or due[name] < size / 2:
            parts[TRAIN] += members[group]
            continue
        parts[name] += members[group]
        due[name] -= size
    return {name: sorted(rows) for name, rows in parts.items()}


def check_parts(parts: Mapping[str, Sequence[int]], origin: str) -> None:
    """Refuse a cut that leaves a part without a row.

    Raises:
        DataError: It does.
    """
    empty = [name for name, rows in parts.items() if not rows]
    if empty:
        total = sum(map(len, parts.values()))
        raise DataError(
            f"split leaves no row for {' and '.join(empty)} of the {total:,} rows of {origin}; "
            "raise the shares, or name files."
        )
