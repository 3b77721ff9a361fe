"""Scores of rows that have several labels each, or none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from autoclue.tasks.metrics.balanced import f1_score
from autoclue.tasks.metrics.metric import Metric

Labels = Sequence[int]
"""Indices of a row's labels, ascending."""


def multi_label_scores(
    predictions: Sequence[Labels], references: Sequence[Labels]
) -> Mapping[str, float]:
    """Score sets of labels.

    Args:
        predictions: Predicted label indices of each row, ascending, ``[examples]``.
        references: Right ones, likewise.

    Returns:
        ``micro_f1`` over all labels of all rows together; ``macro_f1``, the mean F1 of the labels
        that are right or predicted somewhere; ``exact_match``, the share of rows with exactly the
        right labels. Where no row has a label and none is predicted, all are 1.
    """
    predicted = Counter(label for labels in predictions for label in labels)
    wanted = Counter(label for labels in references for label in labels)
    pairs = list(zip(predictions, references, strict=True))
    right = Counter(label for p, t in pairs for label in set(p) & set(t))
    known = predicted.keys() | wanted.keys()
    each = [f1_score(right[k], predicted[k], wanted[k]) for k in known]
    exact = sum(tuple(p) == tuple(t) for p, t in pairs)
    return {
        "micro_f1": f1_score(right.total(), predicted.total(), wanted.total()) if known else 1.0,
        "macro_f1": math.fsum(each) / len(each) if each else 1.0,
        "exact_match": exact / len(pairs),
    }


MULTI_LABEL: Final = Metric(
    "multi_label", ("micro_f1", "macro_f1", "exact_match"), multi_label_scores
)
MULTI_LABEL_MACRO: Final = Metric(
    "multi_label_macro", ("macro_f1", "micro_f1", "exact_match"), multi_label_scores
)
