"""Asynchronous Hyperband: several halvings side by side that begin to cut at different rungs.

Li et al. 2018, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization" (JMLR 18)
gives the brackets and how many configurations enter each; Li et al. 2020 (arXiv 1810.05934) runs
each bracket as ASHA. Here:

- bracket s of 0 ... S first cuts at ``first_rung * reduction_factor ** s``, the last one never;
- a trial's bracket follows from its number alone: brackets take turns so that after any number of
  trials each has had its share, which is Hyperband's (S + 1) / (k + 1) * eta ** k for a bracket
  with k rungs;
- a trial is compared within its bracket, and with the baseline, which belongs to every bracket;
- rungs, lateness, comparators and ties are decided as for ``asha``.
"""

from __future__ import annotations

import math
from functools import cache
from typing import ClassVar

from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.board import Board, rung_of
from autoclue.search.stopping.halving import (
    FirstRung,
    MinComparators,
    ReductionFactor,
    cut_below_best_share,
    geometric_rungs,
)


@dataclass(frozen=True, slots=True)
class Hyperband:
    """Halve within brackets that begin to cut at different rungs.

    Examples:
        >>> hyperband = Hyperband(first_rung=1 / 9)
        >>> [round(rung, 3) for rung in hyperband.rungs]
        [0.111, 0.333]
        >>> [hyperband.bracket(number) for number in range(8)]
        [0, 1, 0, 2, 0, 1, 0, 2]
    """

    name: ClassVar[str] = "hyperband"

    first_rung: FirstRung = 1 / 27
    reduction_factor: ReductionFactor = 3.0
    min_comparators: MinComparators = 3

    @property
    def rungs(self) -> tuple[float, ...]:
        """The rungs of the most aggressive bracket; the others use the later ones of them."""
        return geometric_rungs(self.first_rung, self.reduction_factor)

    def bracket(self, number: int) -> int:
        """Return a trial's bracket: how many of the rungs it passes without being judged."""
        turns = _turns(len(self.rungs), self.reduction_factor)
        return turns[number % len(turns)]

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation; see ``Scheduler``."""
        lateness = math.sqrt(self.reduction_factor)
        bracket = self.bracket(number)
        rung = rung_of(board, number, self.rungs[bracket:], lateness)
        if rung is None:
            return None
        reached = board.reached(rung, lateness)
        others = [
            at.best
            for other, at in reached.items()
            if other != number and (self.bracket(other) == bracket or board[other].baseline)
        ]
        return cut_below_best_share(
            reached[number],
            others,
            rung=rung,
            reduction_factor=self.reduction_factor,
            min_comparators=self.min_comparators,
        )


@cache
def _turns(rungs: int, factor: float) -> tuple[int, ...]:
    """Order one round of trials over the brackets, each as evenly as its share allows."""
    shares = [math.ceil((rungs + 1) / (left + 1) * factor**left) for left in range(rungs, -1, -1)]
    had = [0] * len(shares)
    turns = []
    for turn in range(1, sum(shares) + 1):
        due = [turn * share / sum(shares) - had[b] for b, share in enumerate(shares)]
        bracket = due.index(max(due))
        had[bracket] += 1
        turns.append(bracket)
    return tuple(turns)
