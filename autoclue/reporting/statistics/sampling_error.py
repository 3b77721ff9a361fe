"""How far a score could lie from the truth because it was measured on so few examples."""

from __future__ import annotations

import math

from autoclue.intervals import wilson_interval
from autoclue.reporting.wording import BINOMIAL, MetricScale

STANDARD_ERRORS = 2.0
"""A difference below this many of its standard errors counts as "can't be told apart"."""


def standard_error(scale: MetricScale, score: float, examples: int | None) -> float | None:
    """Compute the standard error of a score, where the metric has one.

    Args:
        scale: The metric's scale.
        score: In the metric's own unit, as the ledger holds it.
        examples: How many examples the score was measured on, if known.

    Returns:
        The binomial standard error, or ``None`` for a metric that is no share of examples, and
        where the number of examples is not known.
    """
    if not _is_binomial(scale, score) or examples is None or examples < 1:
        return None
    return math.sqrt(score * (1 - score) / examples)


def score_interval(
    scale: MetricScale, score: float, examples: int | None
) -> tuple[float, float] | None:
    """Compute the 95 % interval of a score, where the metric has one; see ``wilson_interval``."""
    if not _is_binomial(scale, score) or examples is None or examples < 1:
        return None
    return wilson_interval(score, examples)


def _is_binomial(scale: MetricScale, score: float) -> bool:
    return scale.interval == BINOMIAL and 0 <= score <= 1


def error_of_difference(first: float | None, second: float | None) -> float | None:
    """Combine two standard errors as if the scores were independent; ``None`` without either.

    Where both are measured on the same examples, the true error is usually smaller.
    """
    return None if first is None or second is None else math.hypot(first, second)


def distinguishable(difference: float | None, error: float | None) -> bool | None:
    """Return whether a difference is two standard errors or more; ``None`` where not known."""
    if difference is None or error is None:
        return None
    return difference != 0 and abs(difference) >= STANDARD_ERRORS * error
