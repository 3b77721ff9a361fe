"""How far a score could lie from the truth because it was measured on so few examples."""

from __future__ import annotations

import math

STANDARD_ERRORS = 2.0
"""A difference below this many of its standard errors counts as "can't be told apart"."""

Z_95 = 1.959963984540054
"""The normal distribution's 97.5 % quantile: 95 % lie within so many standard deviations."""


def standard_error(accuracy: float, examples: int) -> float:
    """Give the binomial standard error of an accuracy measured on so many examples.

    Args:
        accuracy: In [0, 1].
        examples: At least 1.
    """
    return math.sqrt(accuracy * (1 - accuracy) / examples)


def wilson_interval(accuracy: float, examples: int) -> tuple[float, float]:
    """Give the 95 % interval of an accuracy, which stays within [0, 1] and is wide near its ends.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.

    Args:
        accuracy: In [0, 1].
        examples: At least 1.
    """
    spread = Z_95**2 / examples
    center = (accuracy + spread / 2) / (1 + spread)
    half = math.sqrt(spread * accuracy * (1 - accuracy) + spread**2 / 4) / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)


def clear(difference: float, error: float) -> bool:
    """Tell whether there is a difference, of two standard errors or more."""
    return difference != 0 and abs(difference) >= STANDARD_ERRORS * error
