"""The median scheduler.

Golovin et al. 2017, "Google Vizier: A Service for Black-Box Optimization" (KDD), section 3.2.2: a
trial stops when its best score so far is strictly worse than the median, over the other trials,
of the mean of their scores up to the same point (the running average). Because a mean over a
rising curve lies below its best, this stops few trials. Deviations:

- the same point is the same fraction of each trial's own schedule, looked at in tenths, each
  snapped to the next evaluation; where that comes more than a quarter too late, the trial isn't
  judged there and nobody is compared with it there;
- the others are all trials that have got that far, not only the complete ones: the complete ones
  alone would be those that the rule itself has let through;
- nothing is cut in the first fifth (the grace), nor before ``min_comparators`` others have been
  seen, and a tie with the median survives.
"""

from __future__ import annotations

import statistics
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.board import Board, rung_of

LATENESS = 1.25


@dataclass(frozen=True, slots=True)
class Median:
    """Stop a trial whose best is below the median of the others' running averages.

    Examples:
        >>> board = Board()
        >>> for number, score in enumerate([0.70, 0.72, 0.71, 0.55]):
        ...     board.open(number, total_steps=1000, evaluation_steps=(200, 600, 1000))
        ...     board.report(number, 200, score)
        >>> Median().decide(board, 3).cutoff
        0.71
        >>> Median(min_comparators=4).decide(board, 3) is None
        True
    """

    name: ClassVar[str] = "median"

    min_comparators: int = Field(
        default=3,
        ge=1,
        description="Other trials that must have been seen at a point before it cuts.",
    )
    rungs: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        default=(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        min_length=1,
        description="Fractions of the schedule at which trials are compared, ascending.",
    )

    @field_validator("rungs")
    @classmethod
    def _ascend(cls, rungs: tuple[float, ...]) -> tuple[float, ...]:
        if list(rungs) != sorted(set(rungs)):
            raise ValueError("rungs must ascend")
        return rungs

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation; see ``Scheduler``."""
        rung = rung_of(board, number, self.rungs, LATENESS)
        if rung is None:
            return None
        reached = board.reached(rung, LATENESS)
        own = reached[number]
        means = [at.mean for other, at in reached.items() if other != number]
        if len(means) < self.min_comparators:
            return None
        cutoff = statistics.median(means)
        if own.best >= cutoff:
            return None
        return Stop(
            reason=(
                f"{own.best:.4f} at {rung:.0%} of its schedule is below {cutoff:.4f}, the median "
                f"of the mean scores up to there of {len(means)} others"
            ),
            rung=rung,
            step=own.step,
            score=own.best,
            cutoff=cutoff,
            comparators=len(means),
        )
