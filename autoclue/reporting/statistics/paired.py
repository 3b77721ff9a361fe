"""Statistics over seeds: mean and spread of one configuration, paired differences of two."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
MIN_SEEDS = 3
"""With two seeds Student's t is 12.7: the interval is too wide to judge anything by."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One configuration over its seeds.

    Attributes:
        n: How many seeds.
        mean: Their mean score; ``None`` without any.
        deviation: Sample standard deviation; ``None`` for fewer than two.
        low: Lower end of the 95 % t interval of the mean; ``None`` for fewer than two.
        high: Upper end likewise.
    """

    n: int
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Two configurations over the seeds that both were trained with.

    Attributes:
        n: How many seeds they have in common.
        mean: Mean of the differences, first minus second; ``None`` without any.
        deviation: Sample standard deviation of the differences; ``None`` for fewer than two.
        low: Lower end of the 95 % t interval of the mean difference; ``None`` where the spread of
            the differences is not known.
        high: Upper end likewise.
        distinguishable: Whether the interval leaves out 0; ``None`` where there is no interval,
            and for fewer than ``MIN_SEEDS`` seeds.
    """

    n: int
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None
    distinguishable: bool | None


def t_quantile(freedom: int) -> float:
    """Return the factor of a 95 % interval: Student's t at 97.5 % for these degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def spread(scores: Sequence[float], *, bounds: tuple[float, float] | None = None) -> Spread:
    """Compute mean, sample standard deviation and the 95 % t interval of the mean.

    Args:
        scores: One score a seed.
        bounds: The interval is cut at the lowest and highest possible score, where there are
            such: an accuracy lies in [0, 1].
    """
    n = len(scores)
    if n == 0:
        return Spread(0, None, None, None, None)
    mean = statistics.fmean(scores)
    if n == 1:
        return Spread(1, mean, None, None, None)
    deviation = statistics.stdev(scores)
    half = t_quantile(n - 1) * deviation / math.sqrt(n)
    lowest, highest = (-math.inf, math.inf) if bounds is None else bounds
    return Spread(n, mean, deviation, max(lowest, mean - half), min(highest, mean + half))


def paired_difference(first: Mapping[int, float], second: Mapping[int, float]) -> PairedDifference:
    """Compare two configurations by the seeds that they share, with a paired t interval.

    The same seed gives both the same first weights of the head and the same random stream for
    dropout, so that part of the noise cancels in the difference. Student 1908, "The probable
    error of a mean".

    Args:
        first: Score by seed.
        second: Score by seed.

    Returns:
        The interval is left out for fewer than two common seeds, and where all differences are
        one number other than 0: their spread is then too small for the scores to show, and the
        interval would have no width.
    """
    differences = [
        round(first[seed] - second[seed], 12) for seed in sorted(first.keys() & second.keys())
    ]
    found = spread(differences)
    if found.low is None or found.high is None:
        return PairedDifference(found.n, found.mean, None, None, None, None)
    if found.deviation == 0 and found.mean != 0:
        return PairedDifference(found.n, found.mean, 0.0, None, None, None)
    return PairedDifference(
        n=found.n,
        mean=found.mean,
        deviation=found.deviation,
        low=found.low,
        high=found.high,
        distinguishable=None if found.n < MIN_SEEDS else found.low > 0 or found.high < 0,
    )
