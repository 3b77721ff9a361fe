"""Check a resolved set of parameters: names that are allowed, conditions that can be met."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from autoclue.space.parameters import Parameter, Scalar
from autoclue.space.problems import Problem, unknown


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
    for position, name in enumerate(names):
        problems += _unmet(entries, entries[name], names[:position])
    return problems


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
    if parameter.count() is None:
        return f"depends on {other}, which is continuous; it needs a list, whole numbers or a step"
    never = [repr(value) for value in values if not parameter.contains(value)]
    return f"{other} never takes {' or '.join(never)}" if never else None
