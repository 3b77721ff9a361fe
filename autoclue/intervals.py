"""Confidence intervals of scores that were measured on so many examples."""

from __future__ import annotations

import math
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
