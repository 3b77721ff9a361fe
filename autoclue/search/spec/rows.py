"""What a plan knows of its rows: how many there are, and what guessing scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autoclue.errors import UsageError
from autoclue.tasks import TaskData, TaskSpec, find_kind
from autoclue.training.data import split_dev


def chance_score(spec: TaskSpec, dev: Sequence[Any], holdout: float) -> float | None:
    """Return the accuracy of always answering the most frequent label of the rows to choose by.

    Args:
        spec: The task.
        dev: The development set.
        holdout: Share of it that chooses nothing.

    Returns:
        ``None`` where answers are no labels, or the metric is another.
    """
    if spec.kind != "classification" or spec.metric != "accuracy":
        return None
    labels = find_kind(spec.kind).strata(dev)
    selecting = [labels[i] for i in split_dev(labels, holdout).selection]
    return max(Counter(selecting).values()) / len(selecting)


def count_rows(
    data: TaskData, examples: Mapping[str, Sequence[Any]], holdout: float
) -> dict[str, int]:
    """Count the usable rows of both splits and of the parts of the development set.

    Args:
        data: The rows' files, for the message.
        examples: The rows, by split.
        holdout: Share of the development set that chooses nothing.

    Raises:
        UsageError: A split has none.
    """
    train = len(examples["train"])
    strata = find_kind(data.spec.kind).strata(examples["dev"])
    for split, count in {"train": train, "dev": len(strata)}.items():
        if count == 0:
            raise UsageError(f"{data.path(split)} holds no row that can be used.")
    parts = split_dev(strata, holdout)
    return {
        "train": train,
        "dev": len(strata),
        "selection": len(parts.selection),
        "held_out": len(parts.held_out),
    }
