"""Confidence intervals of scores that were measured on so many examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

Z_95: Final = 1.959963984540054
"""The normal distribution's 97.5 % quantile: 95 % lie within so many standard deviations."""


def wilson_interval(proportion: float, examples: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion; it stays within [0, 1] and is wide near its ends.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.

    Args:
        proportion: In [0, 1].
        examples: At least 1.
    """
    spread = Z_95**2 / examples
    center = (proportion + spread / 2) / (1 + spread)
    half = math.sqrt(spread * proportion * (1 - proportion) + spread**2 / 4) / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of a mean of values in [0, 1], by the normal distribution.

    Args:
        values: One for each example, at least one. Of a single one, or of equal ones at an end,
            the spread says nothing, and the interval of a proportion is given instead.
    """
    count = len(values)
    mean = math.fsum(values) / count
    squares = math.fsum((value - mean) ** 2 for value in values)
    if squares == 0:
        return wilson_interval(mean, count)
    half = Z_95 * math.sqrt(squares / (count - 1) / count)
    return max(0.0, mean - half), min(1.0, mean + half)
