"""ASHA on fractions of each trial's own schedule.

Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning" (arXiv 1810.05934), in its
stopping form: a trial goes on past a rung only if it is among the best 1/eta of what has been
seen there. Deviations, each on the careful side:

- a rung is a fraction of a trial's own schedule, snapped to the next evaluation, because 100
  updates at batch size 16 and at 64 are different amounts of data and points of the decay;
- a trial has no rung where its next evaluation comes much later than the fraction, more than
  ``sqrt(reduction_factor)`` times it;
- no trial is cut before ``min_comparators`` others have been seen at the rung;
- the share that survives is rounded up, and a tie with the cut-off survives;
- the baseline is never stopped, so that every study holds its baseline in full.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.board import Board, rung_of
from autoclue.search.stopping.curve import Standing


@dataclass(frozen=True, slots=True)
class Asha:
    """Stop at a rung whatever lies below the best share of what has been seen there."""

    name: ClassVar[str] = "asha"

    first_rung: float = Field(
        default=1 / 9,
        gt=0,
        lt=1,
        description="Fraction of the schedule at which trials are first compared (r/R).",
    )
    reduction_factor: float = Field(
        default=3.0,
        gt=1,
        allow_inf_nan=False,
        description="One in this many goes on past a rung (eta).",
    )
    min_comparators: int = Field(
        default=3,
        ge=1,
        description="Other trials that must have been seen at a rung before it cuts.",
    )

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


def cut_below_best_share(
    own: Standing,
    others: Sequence[float],
    *,
    rung: float,
    reduction_factor: float,
    min_comparators: int,
) -> Stop | None:
    """Stop a trial that is not among the best share at its rung.

    Args:
        own: How it stands there.
        others: The best scores there of the trials it is compared with.
        rung: Fraction of the schedule.
        reduction_factor: One in this many goes on, rounded up; ties go on.
        min_comparators: With fewer others it goes on.

    Returns:
        The stop, or ``None`` to go on.
    """
    if len(others) < min_comparators:
        return None
    ranked = sorted([*others, own.best], reverse=True)
    keep = math.ceil(len(ranked) / reduction_factor)
    cutoff = ranked[keep - 1]
    if own.best >= cutoff:
        return None
    return Stop(
        reason=(
            f"{own.best:.4f} at {rung:.0%} of its schedule is below {cutoff:.4f}, "
            f"the best {keep} of {len(ranked)} seen there"
        ),
        rung=rung,
        step=own.step,
        score=own.best,
        cutoff=cutoff,
        comparators=len(others),
    )


def geometric_rungs(first: float, factor: float) -> tuple[float, ...]:
    """Return the fractions first, first x factor, ... below 1."""
    fractions = []
    fraction = first
    while fraction < 1 - 1e-9:
        fractions.append(fraction)
        fraction *= factor
    return tuple(fractions)
