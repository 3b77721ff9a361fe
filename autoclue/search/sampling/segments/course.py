"""Where a population compares: steps at shares of the schedule, each on an evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autoclue.errors import UsageError

BURN_IN = 0.2
"""Share of the schedule before which nothing is compared by default, or the warm-up's end."""
DEFAULT_BOUNDARIES = 3


@dataclass(frozen=True, slots=True)
class Course:
    """How a population runs.

    Attributes:
        members: How many, at least 2.
        steps: The boundaries, ascending.
        total_steps: Length of the schedule.
        control: Whether as many members beside them compare at every other boundary only.
    """

    members: int
    steps: tuple[int, ...]
    total_steps: float
    control: bool = False

    @property
    def control_steps(self) -> tuple[int, ...]:
        """The boundaries of the control: every other one, the second first."""
        return self.steps[1::2] if self.control else ()

    @property
    def trials(self) -> int:
        """Trials in all: the baseline, and a segment of each member between two boundaries."""
        beside = self.members * (len(self.control_steps) + 1) if self.control else 0
        return 1 + self.members * (len(self.steps) + 1) + beside


def boundary_steps(
    shares: Sequence[float] | None,
    *,
    evaluation_steps: Sequence[int],
    total_steps: float,
    warmup_proportion: float,
) -> tuple[int, ...]:
    """Return the steps at which members are compared.

    Args:
        shares: Of the schedule; ``None`` for three at equal distances behind the burn-in, each on
            the evaluation that is nearest.
        evaluation_steps: Where the members are evaluated, ascending, the end included.
        total_steps: Length of their schedule.
        warmup_proportion: Part of it in which the rate rises.

    Raises:
        UsageError: A boundary falls between two evaluations, into the warm-up or on the end, or
            there are too few evaluations.
    """
    first = math.floor(warmup_proportion * total_steps)
    inside = [s for s in evaluation_steps[:-1] if s >= max(1, first)]
    if shares is None:
        return _default(inside, total_steps, warmup_proportion)
    steps = tuple(_on_evaluation(each, evaluation_steps, total_steps) for each in shares)
    for share, step in zip(shares, steps, strict=True):
        if step < first:
            raise UsageError(
                f"The boundary {share:g} falls on step {step}, before the warm-up ends at step "
                f"{first}; scores say nothing there. Choose a later one."
            )
        if step >= evaluation_steps[-1]:
            raise UsageError(
                f"The boundary {share:g} falls on the end of the schedule, where nothing can go "
                "on; choose an earlier one."
            )
    if list(steps) != sorted(set(steps)):
        raise UsageError(
            f"The boundaries {', '.join(f'{each:g}' for each in shares)} fall on the steps "
            f"{', '.join(map(str, steps))}; give ascending ones, each on a step of its own."
        )
    return steps


def _on_evaluation(share: float, evaluation_steps: Sequence[int], total_steps: float) -> int:
    at = share * total_steps
    nearest = min(evaluation_steps, key=lambda step: (abs(step - at), step))
    if abs(nearest - at) < 0.5:
        return nearest
    before = max((s for s in evaluation_steps if s < at), default=0)
    after = min((s for s in evaluation_steps if s > at), default=evaluation_steps[-1])
    near = " or ".join(f"{s / total_steps:.4g}" for s in (before, after) if s > 0)
    raise UsageError(
        f"The boundary {share:g} falls on step {at:g}, between the evaluations at the steps "
        f"{before} and {after}, where no score is known; choose {near}, or other evaluations with "
        "--eval-every."
    )


def _default(
    inside: Sequence[int], total_steps: float, warmup_proportion: float
) -> tuple[int, ...]:
    begin = max(BURN_IN, warmup_proportion)
    count = DEFAULT_BOUNDARIES
    wanted = [(begin + (1 - begin) * (i + 1) / (count + 1)) * total_steps for i in range(count)]
    steps: list[int] = []
    for place, at in enumerate(wanted if len(inside) >= count else []):
        later = [s for s in inside if not steps or s > steps[-1]]
        free = later[: len(later) - (count - place - 1)]
        steps.append(min(free, key=lambda s: (abs(s - at), s)))
    if len(steps) < count:
        raise UsageError(
            f"A population compares at {count} evaluations between the warm-up and the end, "
            f"and there are {len(inside)} of them in {total_steps:g} steps; evaluate more "
            "often (--eval-every), train longer, or give fewer --boundaries."
        )
    return tuple(steps)
