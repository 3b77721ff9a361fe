"""How a task scores predictions: plain functions with their direction, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from autoclue.errors import UsageError, unknown_name


@dataclass(frozen=True, slots=True)
class Metric:
    """A score of predictions against labels.

    Attributes:
        name: What a task file calls it.
        compute: Takes predicted and true label indices, both ``[rows]``; gives a score.
        higher_is_better: The direction in which a search should go.
        lowest: The worst possible score.
        highest: The best possible score.
    """

    name: str
    compute: Callable[[Iterable[int], Iterable[int]], float]
    higher_is_better: bool
    lowest: float
    highest: float


def accuracy(predictions: Iterable[int], labels: Iterable[int]) -> float:
    """Give the share of rows whose predicted label is the true one.

    Args:
        predictions: Predicted label indices, ``[rows]``.
        labels: True label indices, ``[rows]``.

    Returns:
        A number in [0, 1]; higher is better.

    Raises:
        UsageError: There are no rows, or the two lengths differ.
    """
    predicted, true = list(predictions), list(labels)
    if not true or len(predicted) != len(true):
        raise UsageError(
            f"Accuracy needs one prediction for each label, at least one: "
            f"got {len(predicted)} predictions for {len(true)} labels."
        )
    return sum(p == t for p, t in zip(predicted, true, strict=True)) / len(true)


METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {"accuracy": Metric("accuracy", accuracy, higher_is_better=True, lowest=0.0, highest=1.0)}
)
"""Every metric that a task file can name."""


def find_metric(name: str) -> Metric:
    """Look a metric up by its name.

    Raises:
        UsageError: No metric has this name.
    """
    try:
        return METRICS[name]
    except KeyError:
        raise unknown_name("metric", name, METRICS) from None
