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
5. Cutting all but the best share v costs C + R v steps a trial, C those that bringing one to the
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
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.adaptive.evidence import LATENESS, RUNGS, Evidence
from autoclue.search.stopping.adaptive.posterior import SHARES, trust_in
from autoclue.search.stopping.board import Board, rung_of

GOLDEN = (math.sqrt(5) - 1) / 2
BEHIND = math.sqrt(0.5)
"""Standard deviations of a score that a trial must be behind to be cut: half a standard deviation
of the difference of two."""


@dataclass(frozen=True, slots=True)
class Adaptive:
    """Keep at each rung the share that the study so far shows to be worth keeping.

    Examples:
        >>> board = Board()
        >>> for number, score in enumerate([0.70, 0.72, 0.71, 0.55]):
        ...     board.open(number, total_steps=1000, evaluation_steps=(120, 560, 1000))
        ...     board.report(number, 120, score)
        >>> stop = Adaptive(seed=0).decide(board, 3)
        >>> f"{stop.score} is below {stop.cutoff}, seen of {stop.comparators} others"
        '0.55 is below 0.71, seen of 3 others'
    """

    name: ClassVar[str] = "adaptive"

    seed: int | None = Field(
        default=None,
        ge=0,
        description="With a trial's number it gives the trial's draw; left out, the study's seed.",
    )
    min_comparators: int = Field(
        default=2,
        ge=1,
        description="Other trials that must have been seen at a rung before it cuts.",
    )

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the schedule at which trials are compared."""
        return RUNGS

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation; see ``Scheduler``."""
        rung = rung_of(board, number, RUNGS, LATENESS)
        if rung is None:
            return None
        reached = board.reached(rung, LATENESS)
        own = reached[number]
        evidence = board.statistic(Evidence)
        ranked = evidence.ranked(rung)
        if len(ranked) <= self.min_comparators or own.best == ranked[-1]:
            return None
        margin = BEHIND * evidence.noise()
        if not _is_behind(own.best, ranked[-_kept(SHARES[0], ranked)], margin):
            return None  # whatever share is kept; finding that out is most of the work
        trust = trust_in(board, evidence, rung, reached, without=number)
        keep = _kept(trust.share(self._draw(number)), ranked)
        cutoff = ranked[-keep]
        if not _is_behind(own.best, cutoff, margin):
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
        """Return a trial's draw, in [0, 1): a low-discrepancy sequence over the trials."""
        seed = 0 if self.seed is None else self.seed
        return (random.Random(seed).random() + number * GOLDEN) % 1


def _kept(share: float, ranked: Sequence[float]) -> int:
    """Return how many go on of those who have been seen at a rung."""
    return math.ceil(share * len(ranked) - 1e-9)


def _is_behind(score: float, cutoff: float, margin: float) -> bool:
    """Return whether a score is below a cut-off by more than chance."""
    return score < cutoff and cutoff - score >= margin
