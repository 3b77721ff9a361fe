"""Halving whose severity is learned, rung by rung, during the study.

No fixed first rung is good everywhere: where early scores inform, an early and severe cut finds
the best sooner; where they mislead, it loses them for good. So at each rung this rule asks how
well the trials that went on had been ranked there, and keeps the share that promises most. With u
the share of trials ahead of one at a rung, and h(u) the chance that it becomes one of the best:

1. h is one of a few Beta densities (``FAMILY``), from "the best are always in front" over "the
   rank says nothing" to "the best come from behind".
2. The prior trusts rungs from a tenth of the schedule on, so that the rule begins as ``asha``
   does, and hardly any before that: those open when the study has shown that they tell the truth.
3. The evidence is the order in which trials ended that have gone far past the rung: the chance of
   that order, drawn one after another by h(u) among those left (Plackett-Luce: Luce 1959, Plackett
   1975), over the better half, the n-th place counting 1/sqrt(n). A chance *given* u isn't biased
   by the rule's own cuts, which choose by u.
4. Half of the trials believe one h that is drawn from the posterior (Thompson 1933), the other
   half the mean of all. Where the evidence is clear, both agree; where it isn't, some of the first
   half are let through, and they are what it learns from. Draws are multiples of the golden ratio
   by the trials' numbers, so that doubt comes evenly (Weyl 1916).
5. Cutting all but the best share v costs C + R v updates a trial, C those that bringing one to the
   rung has cost so far and R those from there to the end, and finds H(v) of the best, H the
   distribution of h. The v with the largest H(v) / (C + R v) is kept, and never less than a third.
6. Who is behind by less than scores wobble from one evaluation to the next (``Board.noise``) goes
   on: on a small development set, or before anything is learned, ranks are mostly chance.

Nothing is cut before two other trials have been seen at the rung. The share is rounded up, ties
survive, and whoever leads at a rung goes on. Rungs are snapped and left out as for ``asha``.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice

from autoclue.records import Stop, TrialState
from autoclue.search.stopping.asha import check_comparators
from autoclue.search.stopping.board import Board, rung_of
from autoclue.search.stopping.curve import Standing

RUNGS = tuple(0.1 * 3 ** (k / 2) for k in range(-2, 4))
"""1/30, 1/17, 1/10, 17 %, 30 % and 52 % of the schedule, each root three times the last."""

LATENESS = math.sqrt(3)
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

GOLDEN = (math.sqrt(5) - 1) / 2
DOUBTING = 0.5
"""Share of the trials that believe one density."""

BEHIND = math.sqrt(0.5)
"""Standard deviations of a score that a trial must be behind to be cut: half a standard deviation
of the difference of two."""

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
        """Give the share to keep.

        Args:
            draw: In [0, 1). Below ``DOUBTING`` it picks the density that is believed, from there
                on all are; where all the weight is on one it makes no difference.
        """
        if draw < DOUBTING:
            sums = list(accumulate(self.weights))
            place = min(bisect_right(sums, draw / DOUBTING * sums[-1]), len(sums) - 1)
            found = _distributions()[place]
        else:
            found = tuple(
                math.fsum(w * h for w, h in zip(self.weights, each, strict=True))
                for each in zip(*_distributions(), strict=True)
            )
        rates = (h / (self.cost + self.rest * v) for v, h in zip(SHARES, found, strict=True))
        return max(zip(rates, SHARES, strict=True))[1]


@dataclass(frozen=True, slots=True)
class Adaptive:
    """Keep at each rung the share that the study so far shows to be worth keeping.

    Attributes:
        seed: The study's root seed; with a trial's number it gives the trial's draw.
        min_comparators: Other trials that must have been seen at a rung before it cuts.
        name: What ``--scheduler`` calls it.
    """

    seed: int = 0
    min_comparators: int = 2
    name: str = "adaptive"

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            UsageError: ``min_comparators`` is below 1.
        """
        check_comparators(self.min_comparators)

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the schedule at which trials are compared."""
        return RUNGS

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation; see ``Rule``."""
        rung = rung_of(board, number, RUNGS, LATENESS)
        if rung is None:
            return None
        reached = board.reached(rung, LATENESS)
        own = reached[number]
        ranked = board.ranked(rung, LATENESS)
        if len(ranked) <= self.min_comparators or own.best == ranked[-1]:
            return None
        trust = trust_in(board, rung, reached, ranked, without=number)
        share = trust.share(self._draw(number))
        keep = math.ceil(share * len(ranked) - 1e-9)
        cutoff = ranked[-keep]
        if own.best >= cutoff or cutoff - own.best < BEHIND * board.noise():
            return None
        learned = f"how many go on is learned from {trust.far} that have gone far"
        return Stop(
            reason=(
                f"{own.best:.4f} at {rung:.0%} of its schedule is below {cutoff:.4f}, the best "
                f"{keep} of {len(ranked)} seen there; "
                + (learned if trust.far else "none has gone far yet")
            ),
            rung=rung,
            step=own.step,
            score=own.best,
            cutoff=cutoff,
            comparators=len(ranked) - 1,
        )

    def _draw(self, number: int) -> float:
        """Give a trial's draw, in [0, 1): from trial to trial as even as it can be."""
        return (random.Random(self.seed).random() + number * GOLDEN) % 1


def trust_in(
    board: Board,
    rung: float,
    reached: Mapping[int, Standing],
    ranked: Sequence[float],
    *,
    without: int,
) -> Trust:
    """Learn from a board how far the ranking at a rung can be trusted.

    Far past the rung is a complete trial, and one that has done 70 % of what a complete trial does
    on average; of very many only the latest 200 count.

    Args:
        board: Every curve so far.
        rung: One of ``RUNGS``.
        reached: How every trial stood at the rung.
        ranked: Their best scores there, ascending.
        without: A trial that is no evidence, because it is the one to be judged.
    """
    count, ends = board.complete()
    end = (ends + 1) / (count + 1)
    found = (
        curve
        for curve in board.latest()
        if curve.number in reached
        and curve.number != without
        and curve.steps[-1] > reached[curve.number].step
        and (curve.state is TrialState.COMPLETE or curve.progress >= FAR * end)
    )
    far = [*islice(found, MOST_FAR)][::-1]
    far.sort(key=lambda curve: -math.inf if curve.best is None else curve.best, reverse=True)
    ahead = [_share_ahead(ranked, reached[curve.number].best) for curve in far]
    logs = [math.log(p) + e for p, e in zip(_prior(rung), _evidence(ahead), strict=True)]
    top = max(logs)
    weights = [math.exp(log - top) for log in logs]
    return Trust(
        weights=tuple(w / math.fsum(weights) for w in weights),
        far=len(far),
        cost=board.spent(rung) / len(ranked),
        rest=max(end - rung, SHORTEST_REST),
    )


def _share_ahead(ranked: Sequence[float], score: float) -> float:
    """Give the share of scores above one, equal ones by half, kept off 0 and 1."""
    low, high = bisect_left(ranked, score), bisect_right(ranked, score)
    return min(max(1 - (low + high) / 2 / len(ranked), EDGE), 1 - EDGE)


def _prior(rung: float) -> list[float]:
    """Give each density its probability before any evidence."""
    trust = TRUST[rung >= FIRST_TRUSTED]
    front = [a / (a + b) < TRUSTED_MEAN for a, b in FAMILY]
    count = sum(front)
    return [trust / count if good else (1 - trust) / (len(FAMILY) - count) for good in front]


def _evidence(ahead: Sequence[float]) -> list[float]:
    """Give each density's log-likelihood of the order in which trials ended.

    Args:
        ahead: Of each trial that went far, the share ahead of it at the rung; by how well the
            trials ended, the best first.
    """
    places = min(math.ceil(len(ahead) / 2), len(ahead) - 1)
    found = []
    for a, b in FAMILY:
        chances = [math.exp((a - 1) * math.log(u) + (b - 1) * math.log1p(-u)) for u in ahead]
        left = list(accumulate(reversed(chances)))[::-1]
        found.append(
            math.fsum(
                math.log(chances[n] / left[n]) / math.sqrt(n + 1) for n in range(max(places, 0))
            )
        )
    return found


@cache
def _distributions() -> tuple[tuple[float, ...], ...]:
    """Give each density's distribution function at ``SHARES``."""
    return tuple(tuple(beta_distribution(a, b, v) for v in SHARES) for a, b in FAMILY)


def beta_distribution(a: float, b: float, x: float, *, cells: int = 200) -> float:
    """Give the regularised incomplete beta function, by the midpoint rule.

    Below a = 1 the integral is taken over u ** a, which removes the pole at 0.

    Args:
        a: First parameter, above 0.
        b: Second parameter, above 0.
        x: In [0, 1].
        cells: Cells of the midpoint rule; 200 are good for three digits.
    """
    if x >= 1:
        return 1.0
    power = min(a, 1.0)
    width = x**power / cells
    points = (((cell + 0.5) * width) ** (1 / power) for cell in range(cells))
    area: float = width / power * math.fsum(u ** (a - power) * (1 - u) ** (b - 1) for u in points)
    return min(1.0, area * math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)))
