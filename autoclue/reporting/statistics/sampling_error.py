"""How far a score could lie from the truth because it was measured on so few examples."""

from __future__ import annotations

import math

STANDARD_ERRORS = 2.0
"""A difference below this many of its standard errors counts as "can't be told apart"."""


def standard_error(accuracy: float, examples: int) -> float:
    """Give the binomial standard error of an accuracy measured on so many examples.

    Args:
        accuracy: In [0, 1].
        examples: At least 1.
    """
    return math.sqrt(accuracy * (1 - accuracy) / examples)


def clear(difference: float, error: float) -> bool:
    """Tell whether there is a difference, of two standard errors or more."""
    return difference != 0 and abs(difference) >= STANDARD_ERRORS * error
