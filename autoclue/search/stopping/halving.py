"""What successive halving compares at a rung, and the parameters that all its schedulers take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from autoclue.records import Stop
from autoclue.search.stopping.curve import Standing

FirstRung = Annotated[
    float,
    Field(
        gt=0,
        lt=1,
        description="Fraction of the schedule at which trials are first compared (r/R).",
    ),
]
ReductionFactor = Annotated[
    float,
    Field(gt=1, allow_inf_nan=False, description="One in this many goes on past a rung (eta)."),
]
MinComparators = Annotated[
    int,
    Field(
        ge=1,
        description="Trials to compare with that must have been seen at a rung before it cuts.",
    ),
]


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
