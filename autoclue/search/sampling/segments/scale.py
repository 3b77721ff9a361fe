"""A parameter's own scale: where a value lies on it, and what lies beside it.

A range is stretched over [0, 1], on a log scale where the space says so; steps, whole numbers and
choices are its values in their order. Every value that comes back is one that the space holds.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from autoclue.records import Scalar
from autoclue.space import Choice, FloatRange, IntRange

Scale: TypeAlias = Choice | FloatRange | IntRange

LINEAR_STEP = 0.1
"""Of a linear range, as a share of its width: what a factor is to a log scale."""


def share_of(parameter: Scale, value: Scalar) -> float:
    """Return where a value lies, in [0, 1]."""
    listed = _listed(parameter)
    if listed is not None:
        place = next((i for i, each in enumerate(listed) if each == value), 0)
        return place / max(1, len(listed) - 1)
    assert isinstance(parameter, FloatRange | IntRange)
    low, high = parameter.bounds
    number = float(value) if isinstance(value, int | float) else float(low)
    if parameter.log:
        number, low, high = math.log(number), math.log(low), math.log(high)
    return min(max((number - low) / (high - low), 0.0), 1.0)


def value_of(parameter: Scale, share: float) -> Scalar:
    """Return the value that lies at a share of the scale; one below 0 or above 1 is clipped."""
    inside = min(max(share, 0.0), 1.0)
    listed = _listed(parameter)
    if listed is not None:
        return listed[round(inside * (len(listed) - 1))]
    assert isinstance(parameter, FloatRange | IntRange)
    low, high = parameter.bounds
    if parameter.log:
        found = math.exp(math.log(low) + inside * (math.log(high) - math.log(low)))
    else:
        found = low + inside * (high - low)
    clipped = min(max(found, low), high)
    return round(clipped) if isinstance(parameter, IntRange) else float(clipped)


def moved_share(parameter: Scale, value: Scalar, factor: float, *, up: bool) -> float:
    """Return the share beside that of a value, one move away; it may lie outside [0, 1].

    Args:
        parameter: The parameter.
        value: Its value.
        factor: What a value on a log scale is multiplied with, above 1; down, it is taken off as
            much as it adds (0.8 for 1.2).
        up: Whether it moves up.
    """
    at = share_of(parameter, value)
    listed = _listed(parameter)
    if listed is not None:
        last = max(1, len(listed) - 1)
        places = 1 if isinstance(parameter, Choice) else max(1, round(LINEAR_STEP * last))
        return at + (places if up else -places) / last
    assert isinstance(parameter, FloatRange | IntRange)
    if not parameter.log:
        return at + (LINEAR_STEP if up else -LINEAR_STEP)
    low, high = parameter.bounds
    move = math.log(factor if up else 2 - factor) / math.log(high / low)
    if isinstance(parameter, IntRange) and isinstance(value, int | float):
        one = math.log((value + 1) / value) if up else math.log(max(value - 1, low) / value)
        one /= math.log(high / low)
        move = max(move, one) if up else min(move, one)
    return at + move


def _listed(parameter: Scale) -> tuple[Scalar, ...] | None:
    return parameter.values()
