"""Accuracy: the share of examples whose predicted label is the right one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autoclue.intervals import wilson_interval
from autoclue.tasks.metrics.metric import Metric


def accuracy(predictions: Sequence[int], labels: Sequence[int]) -> float:
    """Return the share of examples whose predicted label is the right one, in [0, 1].

    Args:
        predictions: Predicted label indices, ``[examples]``, at least one.
        labels: Right label indices, ``[examples]``.

    Raises:
        ValueError: The two lengths differ.

    Examples:
        >>> accuracy([1, 0, 2, 2], [1, 0, 0, 2])
        0.75
    """
    return sum(p == t for p, t in zip(predictions, labels, strict=True)) / len(labels)


ACCURACY: Final = Metric(
    name="accuracy",
    scores=("accuracy",),
    compute=lambda predictions, labels: {"accuracy": accuracy(predictions, labels)},
    primary_interval=wilson_interval,
)
