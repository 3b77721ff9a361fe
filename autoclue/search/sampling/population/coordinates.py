"""Coordinates in [-1, 1] and the values of a search space that they mean.

As in PaddleHub a range is stretched over [-1, 1], linearly or, where the space says so, on a log
scale. Whole numbers, steps and choices are equal parts of it in the order of their declaration;
whole numbers that are ``truncated`` are cut off behind the point instead, so that the highest one
is reached at exactly 1. A conditional parameter keeps its coordinate while it isn't active.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from autoclue.records import Scalar
from autoclue.space import Choice, FloatRange, IntRange, Parameter, SearchSpace, same

Axis: TypeAlias = Choice | FloatRange | IntRange


def axes_of(space: SearchSpace) -> dict[str, Axis]:
    """Return the parameters that have a coordinate, in the order of the space."""
    return {
        name: each
        for name, each in space.parameters.items()
        if isinstance(each, Choice | FloatRange | IntRange) and each.count() != 1
    }


def start_of(space: SearchSpace, known: Mapping[str, Scalar]) -> tuple[float, ...]:
    """Return the coordinates that a population begins around.

    Args:
        space: What is searched. An initial value of its own comes first.
        known: Values of some parameters, taken where the space holds them; the rest begins in the
            middle.
    """
    return tuple(
        0.0 if (value := start_value(each, known.get(name))) is None else unit_of(each, value)
        for name, each in axes_of(space).items()
    )


def start_value(parameter: Parameter, known: Scalar) -> Scalar:
    """Return where a parameter begins: at its own initial value, or at a known one that it holds.

    Returns:
        ``None`` for neither.
    """
    own: Scalar = getattr(parameter, "init", None)
    if own is not None:
        return own
    return known if parameter.contains(known) else None


def middle_of(parameter: Axis) -> Scalar:
    """Return the value in the middle of a parameter's range or list."""
    return value_at(parameter, 0.0)


def values_at(space: SearchSpace, units: Sequence[float]) -> dict[str, Scalar]:
    """Return the values of the active parameters at some coordinates, fixed ones included.

    Args:
        space: What is searched.
        units: A coordinate in [-1, 1] for each of ``axes_of``.
    """
    at = dict(zip(axes_of(space), units, strict=True))
    found: dict[str, Scalar] = {}
    for name, parameter in space.parameters.items():
        if not space.active(found, name):
            continue
        if isinstance(parameter, Choice | FloatRange | IntRange):
            found[name] = value_at(parameter, at.get(name, 0.0))
        else:
            found[name] = parameter.value
    return found


def value_at(parameter: Axis, unit: float) -> Scalar:
    """Return the value of a parameter at a coordinate in [-1, 1]."""
    share = (min(max(unit, -1.0), 1.0) + 1) / 2
    count = parameter.count()
    if isinstance(parameter, Choice):
        return parameter.choice[_part(share, len(parameter.choice))]
    if isinstance(parameter, IntRange):
        low, high = parameter.bounds
        if parameter.truncate:
            return int(_stretched(share, low, high))
        if count is not None:
            return low + _part(share, count) * parameter.step
        inner = _on_log(share, low - 0.5, high + 0.5)
        return min(max(round(inner), low), high)
    if count is not None:
        return (parameter.values() or ())[_part(share, count)]
    scale = _on_log if parameter.log else _stretched
    return scale(share, *parameter.bounds)


def unit_of(parameter: Axis, value: Scalar) -> float:
    """Return the coordinate of a value that the parameter may take: the middle of its part.

    Raises:
        ValueError: It may not take the value.
    """
    if not parameter.contains(value):
        raise ValueError(f"{value!r} is no value of {parameter!r}")
    count = parameter.count()
    truncated = isinstance(parameter, IntRange) and parameter.truncate
    if isinstance(parameter, Choice):
        return _middle(
            next(i for i, each in enumerate(parameter.choice) if same(each, value)), count
        )
    assert isinstance(value, int | float)
    low, high = parameter.bounds
    if count is not None and not truncated:
        return _middle(round((value - low) / (parameter.step or 1)), count)
    if parameter.log:
        outer = (low - 0.5, high + 0.5) if isinstance(parameter, IntRange) else (low, high)
        low, high, value = math.log(outer[0]), math.log(outer[1]), math.log(value)
    return -1 + 2 * (value - low) / (high - low)


def _part(share: float, count: int) -> int:
    return min(int(share * count), count - 1)


def _middle(part: int, count: int | None) -> float:
    return -1 + (2 * part + 1) / (count or 1)


def _stretched(share: float, low: float, high: float) -> float:
    return min(max(low + share * (high - low), low), high)


def _on_log(share: float, low: float, high: float) -> float:
    return min(max(math.exp(_stretched(share, math.log(low), math.log(high))), low), high)
