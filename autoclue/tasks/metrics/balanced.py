"""Scores that count every label alike: macro F1 and Matthews' correlation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from autoclue.tasks.metrics.accuracy import accuracy
from autoclue.tasks.metrics.metric import Metric


def f1_score(right: int, predicted: int, wanted: int) -> float:
    """Return the harmonic mean of precision and recall, in [0, 1]; 0 where nothing is right.

    Args:
        right: How often a label was predicted where it is right.
        predicted: How often it was predicted.
        wanted: How often it is right.
    """
    return 2 * right / (predicted + wanted) if right else 0.0


def macro_f1(predictions: Sequence[int], labels: Sequence[int]) -> float:
    """Return the mean F1 of the labels that are right or predicted somewhere, in [0, 1].

    Args:
        predictions: Predicted label indices, ``[examples]``.
        labels: Right label indices, ``[examples]``, at least one.
    """
    predicted, wanted = Counter(predictions), Counter(labels)
    right = Counter(p for p, t in zip(predictions, labels, strict=True) if p == t)
    found = [f1_score(right[k], predicted[k], wanted[k]) for k in predicted.keys() | wanted.keys()]
    return math.fsum(found) / len(found)


def matthews(predictions: Sequence[int], labels: Sequence[int]) -> float:
    """Return Matthews' correlation of predicted and right labels, in [0, 1].

    It is that of Gorodkin 2004 (https://doi.org/10.1016/j.compbiolchem.2004.09.006) for any number
    of labels, but 0 where that is below 0, so that 0 is what guessing scores and no score is
    negative.

    Args:
        predictions: Predicted label indices, ``[examples]``.
        labels: Right label indices, ``[examples]``, at least one.
    """
    rows = len(labels)
    predicted, wanted = Counter(predictions), Counter(labels)
    right = sum(p == t for p, t in zip(predictions, labels, strict=True))
    both = sum(predicted[k] * wanted[k] for k in predicted)
    spread = (rows**2 - sum(n * n for n in predicted.values())) * (
        rows**2 - sum(n * n for n in wanted.values())
    )
    if spread == 0:
        return float(right == rows)
    return max(0.0, (right * rows - both) / math.sqrt(spread))


def _scores(predictions: Sequence[int], labels: Sequence[int]) -> Mapping[str, float]:
    return {
        "macro_f1": macro_f1(predictions, labels),
        "mcc": matthews(predictions, labels),
        "accuracy": accuracy(predictions, labels),
    }


MACRO_F1: Final = Metric("macro_f1", ("macro_f1", "mcc", "accuracy"), _scores)
MCC: Final = Metric("mcc", ("mcc", "macro_f1", "accuracy"), _scores)
