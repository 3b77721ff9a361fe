"""ASHA on fractions of each trial's own schedule: pure decisions on plain numbers.

Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning" (arXiv 1810.05934), in its
stopping form: a trial goes on past a rung only if it is among the best 1/eta of what has been
seen there. Deviations, each on the careful side:

- a rung is a fraction of a trial's own schedule, snapped to the next evaluation, because 100
  updates at batch size 16 and at 64 are different amounts of data and points of the decay;
- a trial has no rung where its next evaluation comes much later than the fraction;
- no trial is cut before ``min_comparators`` others have been seen at the rung;
- the share that survives is rounded up, and a tie with the cut-off survives;
- the published default is never stopped, so that every study holds its baseline in full.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.records import Stop


@dataclass(frozen=True, slots=True)
class Asha:
    """The rule of a study.

    Attributes:
        first_rung: Fraction of the schedule at which trials are first compared (the paper's r/R).
        reduction_factor: One in this many goes on past a rung (the paper's eta).
        min_comparators: Other trials that must have been seen at a rung before it cuts.
    """

    first_rung: float = 1 / 9
    reduction_factor: float = 3.0
    min_comparators: int = 3

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            UsageError: A value is out of its range.
        """
        if not 0 < self.first_rung < 1:
            raise UsageError(f"first_rung is {self.first_rung}, but must lie between 0 and 1.")
        if not 1 < self.reduction_factor < math.inf:
            raise UsageError(
                f"reduction_factor is {self.reduction_factor}, but must be a number above 1."
            )
        if self.min_comparators < 1:
            raise UsageError(f"min_comparators is {self.min_comparators}, but must be at least 1.")

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the schedule, ascending; the end of the schedule is none."""
        fractions = []
        fraction = self.first_rung
        while fraction < 1 - 1e-9:
            fractions.append(fraction)
            fraction *= self.reduction_factor
        return tuple(fractions)


def rung_steps(
    rule: Asha, evaluation_steps: Sequence[int], total_steps: float
) -> dict[float, int]:
    """Snap a rule's rungs to a trial's own evaluations.

    Each rung falls on the first evaluation at or after its fraction of the schedule. It is left
    out, so that the trial is neither judged there nor a comparator for others, where that
    evaluation comes too late to compare (beyond ``sqrt(reduction_factor)`` times the fraction; a
    short schedule has few evaluations), and where it is the last one: nothing is left to save.

    Args:
        rule: The study's rule.
        evaluation_steps: Updates after which the trial is evaluated, ascending.
        total_steps: Length of its schedule in updates.

    Returns:
        The update of each rung that is left.
    """
    steps = {}
    latest = math.sqrt(rule.reduction_factor) * total_steps + 1e-9
    for rung in rule.rungs:
        later = [s for s in evaluation_steps if s >= rung * total_steps - 1e-9]
        if later and later[0] < evaluation_steps[-1] and later[0] <= rung * latest:
            steps[rung] = later[0]
    return steps


def decide(
    rule: Asha,
    *,
    step: int,
    score: float,
    steps: Mapping[float, int],
    others: Mapping[float, Collection[float]],
) -> Stop | None:
    """Decide whether a trial stops after an evaluation.

    Args:
        rule: The study's rule.
        step: The update that the evaluation followed.
        score: The trial's best score so far; higher is better and never NaN, because a trial
            whose score is not finite has failed before it comes here.
        steps: The trial's rungs, as ``rung_steps`` gives them.
        others: For each rung the best scores so far of the other trials that have reached it.

    Returns:
        The stop with its reason, or ``None`` to go on.
    """
    rung = next((rung for rung, at in steps.items() if at == step), None)
    if rung is None:
        return None
    seen = list(others.get(rung, ()))
    if len(seen) < rule.min_comparators:
        return None
    ranked = sorted([*seen, score], reverse=True)
    keep = math.ceil(len(ranked) / rule.reduction_factor)
    cutoff = ranked[keep - 1]
    if score >= cutoff:
        return None
    return Stop(
        reason=(
            f"{score:.4f} at {rung:.0%} of its schedule is below {cutoff:.4f}, "
            f"the best {keep} of {len(ranked)} seen there"
        ),
        rung=rung,
        step=step,
        score=score,
        cutoff=cutoff,
        comparators=len(seen),
    )
