"""New settings beside those of a donor, each in its parameter's own scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from autoclue.records import Scalar, ValueChange
from autoclue.search.sampling.segments.scale import Scale, moved_share, share_of, value_of
from autoclue.space import Choice, Fixed, FloatRange, IntRange, SearchSpace
from autoclue.training import FALLING

REDRAWS = 64
"""How often new settings are drawn before a member is said to have none left."""

IsNew = Callable[[Mapping[str, Scalar]], bool]
"""Tells whether nothing has been trained with some values from a boundary on."""


@dataclass(frozen=True, slots=True)
class Moves:
    """How settings are moved.

    Attributes:
        factor: On a log scale, up; down it takes off as much as it adds.
        resample: How likely a value is drawn anew from its whole range instead.
    """

    factor: float = 1.2
    resample: float = 0.25


def perturbable(space: SearchSpace) -> dict[str, Scale]:
    """Return the parameters that have more than one value, in the order of the space."""
    return {
        name: each
        for name, each in space.parameters.items()
        if isinstance(each, Choice | FloatRange | IntRange) and each.count() != 1
    }


def explore(
    space: SearchSpace,
    now: Mapping[str, Scalar],
    moves: Moves,
    rng: np.random.Generator,
    *,
    is_new: IsNew,
) -> tuple[ValueChange, ...]:
    """Move a donor's settings until at least one is another and nothing has been trained so.

    Args:
        space: What may be tried.
        now: The donor's values of its parameters.
        moves: How they are moved.
        rng: Draws.
        is_new: Tells whether nothing has been trained with some values.

    Returns:
        The values that change; none where nothing new was found.
    """
    for _ in range(REDRAWS):
        changes = _drawn(space, now, moves, rng)
        if changes and is_new({change.name: change.after for change in changes}):
            return changes
    return ()


def _drawn(
    space: SearchSpace, now: Mapping[str, Scalar], moves: Moves, rng: np.random.Generator
) -> tuple[ValueChange, ...]:
    found = []
    for name, parameter in perturbable(space).items():
        before = now[name]
        anew, up, share = rng.random() < moves.resample, rng.random() < 0.5, rng.random()
        if anew:
            after, how = value_of(parameter, share), "drawn anew from its range"
        else:
            share = moved_share(parameter, before, moves.factor, up=up)
            after, how = value_of(parameter, share), _told(parameter, moves, share, up=up)
        after, how = _falling(name, before, after, how)
        if after != before:
            found.append(ValueChange(name, before, after, how))
    return tuple(found)


def _falling(name: str, before: Scalar, after: Scalar, how: str) -> tuple[Scalar, str]:
    """Keep what may only fall where it is."""
    rises = isinstance(before, int) and isinstance(after, int) and after > before
    return (before, how) if name == FALLING and rises else (after, how)


def _told(parameter: Scale, moves: Moves, share: float, *, up: bool) -> str:
    clipped = "" if -1e-9 <= share <= 1 + 1e-9 else ", clipped into its range"
    if isinstance(parameter, FloatRange | IntRange) and parameter.log:
        return f"times {moves.factor if up else 2 - moves.factor:.2g}{clipped}"
    if isinstance(parameter, Choice):
        return f"one place {'up' if up else 'down'}{clipped}"
    return f"a tenth of its range {'up' if up else 'down'}{clipped}"


def first_values(
    space: SearchSpace, members: int, rng: np.random.Generator
) -> list[dict[str, Scalar]]:
    """Draw the first settings of all members: a Latin hypercube in the parameters' own scales.

    McKay, Beckman and Conover 1979: each parameter's scale is cut into as many equal parts as
    there are members, and each part holds one of them.

    Args:
        space: What may be tried.
        members: How many.
        rng: Draws.

    Returns:
        Values by name, fixed ones included.
    """
    fixed: dict[str, Scalar] = {
        name: each.value for name, each in space.parameters.items() if isinstance(each, Fixed)
    }
    for name, each in space.parameters.items():
        if not isinstance(each, Fixed) and each.count() == 1:
            fixed[name] = value_of(each, 0.0)
    columns: dict[str, list[Scalar]] = {}
    for name, parameter in perturbable(space).items():
        shares = (rng.permutation(members) + rng.random(members)) / members
        columns[name] = [_even(parameter, share) for share in shares]
    return [
        {
            name: fixed[name] if name in fixed else columns[name][member]
            for name in space.parameters
        }
        for member in range(members)
    ]


def _even(parameter: Scale, share: float) -> Scalar:
    """Return the value in an equal part of the scale, where it has values and no distances."""
    listed = parameter.values()
    return value_of(parameter, share) if listed is None else listed[int(share * len(listed))]


def shares_of(space: SearchSpace, values: Mapping[str, Scalar]) -> list[float]:
    """Return where each parameter's value lies on its scale, choices by a share for each of them.

    Choices are one-hot, since their order may mean nothing.
    """
    found: list[float] = []
    for name, parameter in perturbable(space).items():
        if isinstance(parameter, Choice):
            found += [float(each == values[name]) for each in parameter.choice]
        else:
            found.append(share_of(parameter, values[name]))
    return found
