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
