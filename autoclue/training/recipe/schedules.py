"""Learning-rate schedules: the multiplier of the base rate at each step.

Every schedule is a function of the step, which counts from 0 for the first step, and returns a
number in [0, 1]. The learning rate of a step is the base rate times that number.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autoclue.errors import UsageError, unknown_name

Schedule = Callable[[int], float]
"""From the step, 0 for the first step, to the multiplier of the base rate."""

SCHEDULES = ("linear", "slanted_triangular", "plateau")
"""The names that `make_schedule` knows."""


def make_schedule(name: str, *, total_steps: float, warmup_proportion: float) -> Schedule:
    """Make a schedule by name.

    Args:
        name: One of `SCHEDULES`.
        total_steps: Steps in the whole training; the published script keeps a fraction.
        warmup_proportion: Part of the training in which the rate rises, in [0, 1]. For
            "slanted_triangular" it is the paper's ``cut_frac``.

    Raises:
        UsageError: The name is unknown or a figure is out of its range.

    Examples:
        >>> from autoclue.training.recipe.schedules import make_schedule
        >>> schedule = make_schedule("linear", total_steps=10, warmup_proportion=0.2)
        >>> [schedule(step) for step in (0, 1, 2, 6, 10)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    if name == "linear":
        return linear(total_steps, warmup_proportion)
    if name == "slanted_triangular":
        return slanted_triangular(total_steps, cut_fraction=warmup_proportion)
    if name == "plateau":
        return plateau(total_steps, warmup_proportion=warmup_proportion)
    raise unknown_name("schedule", name, SCHEDULES)


def linear(total_steps: float, warmup_proportion: float) -> Schedule:
    """Rise linearly from 0, then fall linearly to 0, as the published CLUE script does.

    The warm-up has ``floor(warmup_proportion * total_steps)`` steps. The very first step has
    the rate 0 unless there is no warm-up.

    Args:
        total_steps: Steps in the whole training; not rounded.
        warmup_proportion: Part of the training in which the rate rises, in [0, 1].

    Raises:
        UsageError: A figure is out of its range.
    """
    _check(total_steps, "warmup_proportion", warmup_proportion)
    warmup_steps = math.floor(warmup_proportion * total_steps)

    def multiplier(step: int) -> float:
        if step < warmup_steps:
            return step / max(1, warmup_steps)
        return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))

    return multiplier


def slanted_triangular(
    total_steps: float, cut_fraction: float = 0.1, *, ratio: float = 32.0
) -> Schedule:
    """Rise quickly and linearly, then fall slowly, between ``1 / ratio`` and 1.

    From Howard & Ruder 2018, "Universal Language Model Fine-tuning for Text Classification"
    (https://aclanthology.org/P18-1031), equation 3, with the rounding of PaddleHub 1.4: the fall
    ends at the last step exactly.

    Args:
        total_steps: Steps in the whole training.
        cut_fraction: Part of the training in which the rate rises, in (0, 1).
        ratio: The highest rate over the lowest, 1 or more.

    Raises:
        UsageError: A figure is out of its range, or the training is so short that the rise has no
            step.
    """
    _check(total_steps, "cut_fraction", cut_fraction)
    cut = int(total_steps * cut_fraction)
    if not 0 < cut < total_steps:
        raise UsageError(
            f"A slanted triangle over {total_steps:g} steps with the cut at {cut_fraction:g} of "
            "them has no room for its rise or its fall; train longer or move the cut."
        )
    if not (math.isfinite(ratio) and ratio >= 1.0):
        raise UsageError(f"ratio is {ratio}; it must be 1 or more.")

    def multiplier(step: int) -> float:
        height = step / cut if step <= cut else 1.0 - (step - cut) / (total_steps - cut)
        return (1.0 + max(0.0, height) * (ratio - 1.0)) / ratio

    return multiplier


def plateau(
    total_steps: float, warmup_proportion: float = 0.1, *, start_point: float = 0.9
) -> Schedule:
    """Rise linearly, stay level, drop at once late in training, then fall linearly to 0.

    This repeats AutoFinetune's setting of PaddleHub 1.4 to the letter, and two of its quirks with
    it. The late fall follows the straight line from step 0 to the end, ``1 - step / total_steps``,
    rather than starting from the plateau: with the default start point the rate drops at once to a
    tenth of the base rate. And the plateau keeps the last value of the warm-up, ``(w - 1) / w``
    for w warm-up steps, which is 0 when the warm-up has a single step.

    Args:
        total_steps: Steps in the whole training.
        warmup_proportion: Part of the training in which the rate rises, in [0, 1].
        start_point: Part of the training after which the rate drops, in [0, 1]; not before the end
            of the warm-up.

    Raises:
        UsageError: A figure is out of its range.
    """
    _check(total_steps, "warmup_proportion", warmup_proportion)
    _check(total_steps, "start_point", start_point)
    warmup_steps = int(total_steps * warmup_proportion)
    drop = max(int(total_steps * start_point), warmup_steps)
    level = 1.0 if warmup_steps == 0 else (warmup_steps - 1) / warmup_steps

    def multiplier(step: int) -> float:
        if step < warmup_steps:
            return step / warmup_steps
        return level if step < drop else max(0.0, 1.0 - step / total_steps)

    return multiplier


def _check(total_steps: float, name: str, proportion: float) -> None:
    if not (math.isfinite(total_steps) and total_steps > 0.0):
        raise UsageError(f"total_steps is {total_steps}; it must be above 0.")
    if not 0.0 <= proportion <= 1.0:
        raise UsageError(f"{name} is {proportion}; it must be from 0 to 1.")
