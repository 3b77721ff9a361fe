"""How far the ranking at a rung can be trusted: a posterior over a family of Beta densities."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice

from autoclue.search.stopping.adaptive.evidence import Evidence
from autoclue.search.stopping.board import Board
from autoclue.search.stopping.curve import Standing

MEANS = (0.03, 0.07, 0.15, 0.25, 0.35, 0.5, 0.65, 0.8)
CONCENTRATIONS = (3.0, 10.0)
TRUSTED_MEAN = 0.4
"""The mean of u below which a density says that the best are in front."""

FIRST_TRUSTED = 0.09
TRUST = {True: 0.8, False: 0.01}
"""Prior probability of those densities at the rungs from there on, and before."""

FAMILY = tuple(
    (1.0, 1.0) if (mean, sure) == (0.5, 3.0) else (mean * sure, (1 - mean) * sure)
    for mean in MEANS
    for sure in CONCENTRATIONS
)
"""The two parameters of each Beta density; (1, 1) says that the rank tells nothing."""

SHARES = tuple(v / 60 for v in range(20, 61))
"""What may be kept at a rung: a third to all."""

DOUBTING = 0.5
"""Share of the trials that believe one density."""

FAR = 0.7
MOST_FAR = 200
EDGE = 0.01
SHORTEST_REST = 0.05


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known about a rung.

    Attributes:
        weights: Probability of each density of ``FAMILY``.
        far: Trials that the evidence comes from.
        cost: Fraction of a schedule spent for each trial that has reached the rung.
        rest: Fraction of a schedule from there to the end.
    """

    weights: tuple[float, ...]
    far: int
    cost: float
    rest: float

    def share(self, draw: float) -> float:
        """Return the share to keep.

        Args:
            draw: In [0, 1). Below ``DOUBTING`` it picks the density that is believed, from there
                on all are; where all the weight is on one it makes no difference.
        """
        if draw < DOUBTING:
            sums = list(accumulate(self.weights))
            place = min(bisect_right(sums, draw / DOUBTING * sums[-1]), len(sums) - 1)
            found = distribution_functions()[place]
        else:
            found = tuple(
                math.fsum(w * h for w, h in zip(self.weights, each, strict=True))
                for each in zip(*distribution_functions(), strict=True)
            )
        rates = (h / (self.cost + self.rest * v) for v, h in zip(SHARES, found, strict=True))
        return max(zip(rates, SHARES, strict=True))[1]


def trust_in(
    board: Board, evidence: Evidence, rung: float, reached: Mapping[int, Standing], *, without: int
) -> Trust:
    """Learn from a board how far the ranking at a rung can be trusted.

    Far past the rung is a complete trial, and one that has done 70 % of what a complete trial does
    on average; of very many only the latest 200 count.

    Args:
        board: Every curve so far.
        evidence: Sums over these curves.
        rung: One of ``RUNGS``.
        reached: How every trial stood at the rung.
        without: A trial that is no evidence, because it is the one to be judged.
    """
    ranked = evidence.ranked(rung)
    count, ends = evidence.complete()
    end = (ends + 1) / (count + 1)
    found = (
        curve
        for curve in map(board.__getitem__, reversed(evidence.far(FAR * end)))
        if curve.number in reached
        and curve.number != without
        and curve.steps[-1] > reached[curve.number].step
    )
    far = [*islice(found, MOST_FAR)][::-1]
    far.sort(key=lambda curve: -math.inf if curve.best is None else curve.best, reverse=True)
    ahead = [_share_ahead(ranked, reached[curve.number].best) for curve in far]
    logs = [math.log(p) + e for p, e in zip(_prior(rung), _likelihoods(ahead), strict=True)]
    top = max(logs)
    weights = [math.exp(log - top) for log in logs]
    return Trust(
        weights=tuple(w / math.fsum(weights) for w in weights),
        far=len(far),
        cost=evidence.spent(rung) / len(ranked),
        rest=max(end - rung, SHORTEST_REST),
    )


def _share_ahead(ranked: Sequence[float], score: float) -> float:
    """Return the share of scores above one, equal ones by half, kept off 0 and 1."""
    low, high = bisect_left(ranked, score), bisect_right(ranked, score)
    return min(max(1 - (low + high) / 2 / len(ranked), EDGE), 1 - EDGE)


def _prior(rung: float) -> list[float]:
    """Return each density's probability before any evidence."""
    trust = TRUST[rung >= FIRST_TRUSTED]
    front = [a / (a + b) < TRUSTED_MEAN for a, b in FAMILY]
    count = sum(front)
    return [trust / count if good else (1 - trust) / (len(FAMILY) - count) for good in front]


def _likelihoods(ahead: Sequence[float]) -> list[float]:
    """Return each density's log-likelihood of the order in which trials ended.

    Args:
        ahead: Of each trial that went far, the share ahead of it at the rung; by how well the
            trials ended, the best first.
    """
    places = max(min(math.ceil(len(ahead) / 2), len(ahead) - 1), 0)
    logs = [(math.log(u), math.log1p(-u)) for u in ahead]
    roots = [math.sqrt(n + 1) for n in range(places)]
    found = []
    for a, b in FAMILY:
        chances = [math.exp((a - 1) * front + (b - 1) * behind) for front, behind in logs]
        left = list(accumulate(reversed(chances)))[::-1]
        found.append(
            math.fsum(
                math.log(chance / rest) / root
                for chance, rest, root in zip(chances, left, roots, strict=False)
            )
        )
    return found


@cache
def distribution_functions() -> tuple[tuple[float, ...], ...]:
    """Return each density's distribution function at ``SHARES``."""
    from scipy.special import betainc  # half a second, and nothing needs it before a trial runs

    return tuple(tuple(float(betainc(a, b, v)) for v in SHARES) for a, b in FAMILY)
