"""Exact match and F1 of CMRC2018, as PaddleNLP computes them and as the official script does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from autoclue.intervals import wilson_interval
from autoclue.tasks.metrics.metric import Metric
from autoclue.tasks.reading import score_answers


def score(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Score answers under both metrics.

    Args:
        predictions: The predicted texts, ``[questions]``.
        references: The right texts of each question, at least one, ``[questions]``.

    Raises:
        DataError: A question has no right answer.

    Examples:
        >>> found = score(["一九八四年", "北京"], [["一九八四年。"], ["南京", "南京市"]])
        >>> {name: round(value, 3) for name, value in found.items()}
        {'em': 0.5, 'f1': 0.75, 'official_em': 0.5, 'official_f1': 0.75}
    """
    names = [str(place) for place in range(len(references))]
    return score_answers(
        dict(zip(names, predictions, strict=True)), dict(zip(names, references, strict=True))
    )


CMRC2018: Final = Metric(
    name="cmrc2018",
    scores=("em", "f1", "official_em", "official_f1"),
    compute=score,
    primary_interval=wilson_interval,  # exact match is a share of the questions
    means=("f1", "official_em", "official_f1"),
)
