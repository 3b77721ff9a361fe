"""The searched parameters as axes: over declared ranges if known, else over what was tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from autoclue.records import Scalar, StudyRecord, TrialRecord
from autoclue.reporting.statistics import searched
from autoclue.reporting.wording import value_text

_LOG_RATIO = 20.0
"""From this ratio of largest to smallest on, an undeclared positive float gets a log axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One searched parameter.

    Attributes:
        name: The parameter.
        choices: Its values for a choice; empty for a number.
        low: Smallest value of a number, declared or tried.
        high: Largest value of a number, declared or tried.
        log: Whether the number is searched on a logarithmic scale.
        integer: Whether the number is whole.
        varies: Whether the trials hold more than one value.
    """

    name: str
    choices: tuple[Scalar, ...]
    low: float
    high: float
    log: bool
    integer: bool
    varies: bool

    def position(self, value: Scalar) -> float | None:
        """Place a value in [0, 1] along the axis; ``None`` for one that is not on it."""
        if self.choices:
            at = _index(self.choices, value)
            return None if at is None else _between(at, 0, len(self.choices) - 1)
        if not _is_number(value):
            return None
        return self._place(float(value))

    def ticks(self) -> list[tuple[float, str]]:
        """Place the labels: every choice, or about five round numbers."""
        if self.choices:
            last = len(self.choices) - 1
            return [(_between(i, 0, last), value_text(c)) for i, c in enumerate(self.choices)]
        values = _log_ticks(self.low, self.high) if self.log else self._linear_ticks()
        return [(self._place(value), value_text(value)) for value in values]

    def _place(self, value: float) -> float:
        if self.log:
            return _between(math.log(value), math.log(self.low), math.log(self.high))
        return _between(value, self.low, self.high)

    def _linear_ticks(self) -> list[float]:
        if self.low == self.high:
            return [self.low]
        raw = (self.high - self.low) / 5
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
        step = max(1.0, float(math.ceil(step))) if self.integer else step
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(k * step, 12) for k in range(first, last + 1)]


def asked_values(study: StudyRecord, trial: TrialRecord) -> Mapping[str, Scalar]:
    """Return the settings that a trial was asked to use."""
    return trial.params


Values = Callable[[StudyRecord, TrialRecord], Mapping[str, Scalar]]


def study_axes(study: StudyRecord, values: Values = asked_values) -> tuple[Axis, ...]:
    """Derive an axis for every parameter that a trial was asked to use.

    Args:
        study: Any study.
        values: A trial's values of the searched parameters. The default leaves out those of a
            baseline outside the space; ``searched_values`` holds them too.
    """
    declared = study.space.get("parameters")
    by_name = declared if isinstance(declared, Mapping) else {}
    return tuple(
        _axis(name, by_name.get(name), _tried(study, name, values)) for name in searched(study)
    )


def _tried(study: StudyRecord, name: str, values: Values) -> list[Scalar]:
    tried: dict[tuple[bool, Scalar], Scalar] = {}
    for trial in study.trials:
        held = values(study, trial)
        if name in held:
            tried.setdefault((isinstance(held[name], bool), held[name]), held[name])
    return list(tried.values())


def _axis(name: str, declared: object, tried: list[Scalar]) -> Axis:
    varies = len(tried) > 1
    choices = _declared_choices(declared)
    numbers = [float(v) for v in tried if _is_number(v)]
    if choices is not None or len(numbers) < len(tried):
        return Axis(name, _merged(choices or [], tried), 0.0, 0.0, False, False, varies)
    bounds = _declared_range(declared)
    low, high = min([*numbers, *bounds]), max([*numbers, *bounds])
    integer = all(isinstance(v, int) for v in tried)
    log = low > 0 and (
        _declared_log(declared) if bounds else not integer and high / low >= _LOG_RATIO
    )
    return Axis(name, (), low, high, log, integer, varies)


def _declared_choices(declared: object) -> list[Scalar] | None:
    found = declared.get("choice") if isinstance(declared, Mapping) else None
    return list(found) if isinstance(found, (list, tuple)) else None


def _declared_range(declared: object) -> tuple[float, ...]:
    """Read ``float: [low, high]`` or ``int: [low, high]``; empty when it is neither."""
    if not isinstance(declared, Mapping):
        return ()
    found = declared.get("float", declared.get("int"))
    if isinstance(found, (list, tuple)) and len(found) == 2 and all(map(_is_number, found)):
        return float(found[0]), float(found[1])
    return ()


def _declared_log(declared: object) -> bool:
    return isinstance(declared, Mapping) and declared.get("log") is True


def _merged(choices: list[Scalar], tried: list[Scalar]) -> tuple[Scalar, ...]:
    """Add what was tried outside the declared choices; numbers in order, the rest as given."""
    merged = [*choices, *(v for v in tried if _index(choices, v) is None)]
    numbers = [value for value in merged if _is_number(value)]
    return tuple(sorted(numbers) if len(numbers) == len(merged) else merged)


def _index(values: Sequence[Scalar], value: Scalar) -> int | None:
    """Find a value by type and content: ``True`` is not ``1`` here."""
    same = (isinstance(v, bool) is isinstance(value, bool) and v == value for v in values)
    return next((i for i, found in enumerate(same) if found), None)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _between(value: float, low: float, high: float) -> float:
    return 0.5 if high == low else (value - low) / (high - low)


def _log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5 times powers of ten in the range, or only the powers in a wide one."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    digits = (1, 2, 5) if high / low < 200 else (1,)
    found = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    inside = [v for v in found if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    return inside if len(inside) >= 2 else list(dict.fromkeys([low, high]))
