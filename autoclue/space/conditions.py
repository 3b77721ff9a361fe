"""Check a resolved set of parameters: names that are allowed, conditions that can be met."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from autoclue.space.parameters import Parameter, Scalar
from autoclue.space.problems import Problem, unknown

MOST_PARAMETERS = 200
MOST_CASES = 10_000
"""Ways in which the conditions between parameters can be met."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter with the place it was written at.

    Attributes:
        parameter: ``None`` when null was written, to remove an inherited parameter.
        origin: The file.
        key: Dotted path inside the file.
        broken: Whether it could not be read; reported already, so nothing more is said of it.
    """

    parameter: Parameter | None
    origin: str
    key: str
    broken: bool = False


def check(entries: Mapping[str, Entry], allowed: Collection[str] | None) -> list[Problem]:
    """List unknown names and conditions that can't be met.

    Args:
        entries: All parameters in their order.
        allowed: Names that mean something to a trial; ``None`` allows every name.
    """
    problems = [
        Problem(entry.origin, entry.key, unknown(name, allowed))
        for name, entry in entries.items()
        if allowed is not None and name not in allowed
    ]
    names = list(entries)
    if len(names) > MOST_PARAMETERS:
        first = entries[names[0]]
        message = f"are {len(names):,}; at most {MOST_PARAMETERS} can be searched together"
        return [*problems, Problem(first.origin, "parameters", message)]
    for position, name in enumerate(names):
        problems += _unmet(entries, entries[name], names[:position])
    return problems if problems else list(_too_many_cases(entries))


def _too_many_cases(entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """Complain of conditions that can be met in more ways than anybody could count."""
    parameters = {n: e.parameter for n, e in entries.items() if e.parameter is not None}
    asked = {other for each in parameters.values() for other in each.when}
    cases = math.prod(parameters[name].count() or 1 for name in asked if name in parameters)
    if cases > MOST_CASES:
        first = next(iter(entries.values()))
        message = f"depend on each other in {cases:,} ways; at most {MOST_CASES:,} can be met"
        yield Problem(first.origin, "parameters", message)


def _unmet(entries: Mapping[str, Entry], entry: Entry, earlier: list[str]) -> Iterator[Problem]:
    if entry.parameter is None:
        return
    for other, values in entry.parameter.when.items():
        message = _why_not(entries, other, values, earlier)
        if message:
            yield Problem(entry.origin, f"{entry.key}.when.{other}", message)


def _why_not(
    entries: Mapping[str, Entry], other: str, values: tuple[Scalar, ...], earlier: list[str]
) -> str | None:
    if other not in entries:
        return f"depends on {other}, which this space does not have"
    if other not in earlier:
        return f"depends on {other}, which must be declared before it"
    parameter = entries[other].parameter
    if parameter is None:
        return None
    count = parameter.count()
    if count is None:
        return f"depends on {other}, which is continuous; it needs a list, whole numbers or a step"
    if count > MOST_CASES:
        return f"depends on {other}, which has {count:,} values; at most {MOST_CASES:,} can be met"
    never = [repr(value) for value in values if not parameter.contains(value)]
    return f"{other} never takes {' or '.join(never)}" if never else None
