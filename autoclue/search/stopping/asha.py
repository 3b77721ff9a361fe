"""ASHA on fractions of each trial's own schedule.

Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning" (arXiv 1810.05934), in its
stopping form: a trial goes on past a rung only if it is among the best 1/eta of what has been
seen there. Deviations, each on the careful side:

- a rung is a fraction of a trial's own schedule, snapped to the next evaluation, because 100
  steps at batch size 16 and at 64 are different amounts of data and points of the decay;
- a trial has no rung where its next evaluation comes much later than the fraction, more than
  ``sqrt(reduction_factor)`` times it;
- no trial is cut before ``min_comparators`` others have been seen at the rung;
- the share that survives is rounded up, and a tie with the cut-off survives;
- the baseline is never stopped, so that every study holds its baseline in full.
"""

from __future__ import annotations

import math
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
class Asha:
    """Stop at a rung whatever lies below the best share of what has been seen there.

    Examples:
        >>> asha = Asha(first_rung=0.1, reduction_factor=4)
        >>> asha.rungs
        (0.1, 0.4)
        >>> board = Board()
        >>> for number, score in enumerate([0.70, 0.72, 0.71, 0.55]):
        ...     board.open(number, total_steps=1000, evaluation_steps=(100, 400, 1000))
        ...     board.report(number, 100, score)
        >>> asha.decide(board, 3).reason
        '0.5500 at 10% of its schedule is below 0.7200, the best 1 of 4 seen there'
    """

    name: ClassVar[str] = "asha"

    first_rung: FirstRung = 1 / 9
    reduction_factor: ReductionFactor = 3.0
    min_comparators: MinComparators = 3

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the schedule, ascending; the end of the schedule is none."""
        return geometric_rungs(self.first_rung, self.reduction_factor)

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation.

        Args:
            board: Every curve so far, this trial's latest evaluation included.
            number: The trial; never the baseline.

        Returns:
            The stop with its reason, or ``None`` to go on.
        """
        lateness = math.sqrt(self.reduction_factor)
        rung = rung_of(board, number, self.rungs, lateness)
        if rung is None:
            return None
        reached = board.reached(rung, lateness)
        others = [at.best for other, at in reached.items() if other != number]
        return cut_below_best_share(
            reached[number],
            others,
            rung=rung,
            reduction_factor=self.reduction_factor,
            min_comparators=self.min_comparators,
        )
