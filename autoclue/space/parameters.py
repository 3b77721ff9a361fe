"""The four kinds of parameter, as they are written in YAML, and what each may take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictFloat,
    StrictInt,
    model_validator,
)

from autoclue.outside import quoted

Scalar: TypeAlias = bool | int | float | str | None
"""A setting's value, as JSON can hold it."""


def same(left: Scalar, right: Scalar) -> bool:
    """Compare two values; 16 equals 16.0, ``True`` is not 1, and rounding is forgiven."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12)
    return left == right


MOST_STEPS = 1_000_000
"""Values of a stepped range: a step that gives more is no step."""
LARGEST = 2**63 - 1
"""The largest whole number that a ledger's database holds."""


def _scalar(value: object) -> Scalar:
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError(f"must be at most {LARGEST:,}, not {quoted(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"must be finite, not {value}")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"must be a number, text, true, false or null, not {quoted(value)}")


def _some(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    # Not pydantic's min_length, which also counts an item that is wrong as missing.
    if not values:
        raise ValueError("must hold at least one value")
    return values


def _distinct(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    # Compared with ==, as Optuna looks a choice up: there True and 1 are one value.
    twice = [v for i, v in enumerate(values) if v in values[:i]]
    if twice:
        raise ValueError(f"choices must differ, but {quoted(twice[0])} stands twice")
    return values


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Value = Annotated[Scalar, PlainValidator(_scalar)]
When = Mapping[str, Annotated[tuple[Value, ...], BeforeValidator(_as_list), AfterValidator(_some)]]
"""For each other parameter that must be set first, the values with which this one is active."""

Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Fixed(BaseModel):
    """A setting that is not searched: ``0.1``, or ``{value: 0.1}``.

    Attributes:
        value: The value.
        when: The values of other settings with which it is active; empty for always.
    """

    model_config = _FROZEN

    value: Value
    when: When = {}

    def values(self) -> tuple[Scalar, ...]:
        """List every value in the order of the grid."""
        return (self.value,)

    def count(self) -> int:
        """Count the values."""
        return 1

    def contains(self, value: Scalar) -> bool:
        """Return whether the parameter may take this value."""
        return same(self.value, value)


class Choice(BaseModel):
    """One of a few values: ``[16, 32]``, or ``{choice: [16, 32]}``.

    Attributes:
        choice: The values, at least one, all different.
        init: The value that a population begins with; ``None`` leaves it to the baseline.
        when: The values of other settings with which it is active; empty for always.

    Examples:
        >>> from autoclue.space import Choice
        >>> Choice(choice=[16, 32]).values()
        (16, 32)
    """

    model_config = _FROZEN

    choice: Annotated[tuple[Value, ...], AfterValidator(_some), AfterValidator(_distinct)]
    init: Value = None
    when: When = {}

    @model_validator(mode="after")
    def _check(self) -> Choice:
        if self.init is not None and not self.contains(self.init):
            raise ValueError(f"init must be one of the values, not {quoted(self.init)}")
        return self

    def values(self) -> tuple[Scalar, ...]:
        """List every value in the order of the grid."""
        return self.choice

    def count(self) -> int:
        """Count the values."""
        return len(self.choice)

    def contains(self, value: Scalar) -> bool:
        """Return whether the parameter may take this value."""
        return any(same(choice, value) for choice in self.choice)


class FloatRange(BaseModel):
    """A real number: ``{float: [low, high], log: true}`` or ``{float: [low, high], step: x}``.

    Attributes:
        bounds: Lowest and highest value; the key in YAML and in Python is ``float``.
        log: Whether values are spread evenly on a logarithmic scale.
        step: Distance between two values; ``None`` for a continuous range.
        init: The value that a population begins with; ``None`` leaves it to the baseline.
        when: The values of other settings with which it is active; empty for always.

    Examples:
        >>> from autoclue.space import FloatRange
        >>> FloatRange(float=(0.0, 0.3), step=0.1).values()
        (0.0, 0.1, 0.2, 0.3)
        >>> FloatRange(float=(1e-5, 1e-4), log=True).contains(3e-5)
        True
    """

    model_config = _FROZEN

    bounds: tuple[Finite, Finite] = Field(alias="float")
    log: StrictBool = False
    step: Finite | None = None
    init: Finite | None = None
    when: When = {}

    @model_validator(mode="after")
    def _check(self) -> FloatRange:
        _check_range(self.bounds, log=self.log, step=self.step, stepped=self.step is not None)
        _check_init(self.init, inside=self.contains(self.init))
        return self

    def values(self) -> tuple[Scalar, ...] | None:
        """List every value in the order of the grid; ``None`` for a continuous range."""
        count = self.count()
        return None if count is None else tuple(self._nth(i) for i in range(count))

    def count(self) -> int | None:
        """Count the values; ``None`` for a continuous range."""
        if self.step is None:
            return None
        low, high = (Decimal(str(bound)) for bound in self.bounds)
        return int((high - low) // Decimal(str(self.step))) + 1

    def highest(self) -> float:
        """Return the highest value; below high where the step doesn't divide the range."""
        count = self.count()
        return self.bounds[1] if count is None else self._nth(count - 1)

    def contains(self, value: Scalar) -> bool:
        """Return whether the parameter may take this value, to a hundred-millionth of a step."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low, high = self.bounds
        if self.step is None:
            return low <= value <= high
        steps = (value - low) / self.step
        return abs(steps - round(steps)) < 1e-8 and 0 <= round(steps) < (self.count() or 0)

    def _nth(self, index: int) -> float:
        # In decimals, so that the third step of 0.1 is 0.3.
        return float(Decimal(str(self.bounds[0])) + index * Decimal(str(self.step)))


class IntRange(BaseModel):
    """A whole number: ``{int: [low, high]}``, with ``log: true`` or ``step: n``.

    Attributes:
        bounds: Lowest and highest value; the key in YAML and in Python is ``int``.
        log: Whether values are spread evenly on a logarithmic scale.
        step: Distance between two values, at least 1.
        init: The value that a population begins with; ``None`` leaves it to the baseline.
        truncate: Whether a population cuts a number off behind its point, as PaddleHub did, where
            it would otherwise give each value an equal part of the range.
        when: The values of other settings with which it is active; empty for always.

    Examples:
        >>> from autoclue.space import IntRange
        >>> IntRange(int=(2, 8), step=3).values()
        (2, 5, 8)
    """

    model_config = _FROZEN

    bounds: tuple[StrictInt, StrictInt] = Field(alias="int")
    log: StrictBool = False
    step: Annotated[StrictInt, Field(gt=0)] = 1
    init: StrictInt | None = None
    truncate: StrictBool = False
    when: When = {}

    @model_validator(mode="after")
    def _check(self) -> IntRange:
        _check_range(self.bounds, log=self.log, step=self.step, stepped=self.step != 1)
        _check_init(self.init, inside=self.contains(self.init))
        if self.truncate and (self.log or self.step != 1):
            raise ValueError("truncate excludes log and step")
        return self

    def values(self) -> tuple[Scalar, ...] | None:
        """List every value in the order of the grid; ``None`` on a log scale."""
        low, high = self.bounds
        return None if self.log else tuple(range(low, high + 1, self.step))

    def count(self) -> int | None:
        """Count the values; ``None`` on a log scale."""
        low, high = self.bounds
        return None if self.log else (high - low) // self.step + 1

    def highest(self) -> int:
        """Return the highest value; below high where the step doesn't divide the range."""
        low, high = self.bounds
        return low + (high - low) // self.step * self.step

    def contains(self, value: Scalar) -> bool:
        """Return whether the parameter may take this value."""
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        low, high = self.bounds
        return low <= value <= high and (value - low) % self.step == 0


Parameter: TypeAlias = Fixed | Choice | FloatRange | IntRange


def _check_init(init: float | None, *, inside: bool) -> None:
    if init is not None and not inside:
        raise ValueError(f"init must lie in the range, on a step where it has one, not {init:g}")


def _check_range(
    bounds: tuple[float, float], *, log: bool, step: float | None, stepped: bool
) -> None:
    """Raise one ``ValueError`` that names everything wrong with a range."""
    low, high = bounds
    if any(abs(each) > LARGEST for each in (low, high, step or 0) if isinstance(each, int)):
        raise ValueError(f"whole numbers must be at most {LARGEST:,}")
    wrong = []
    if not low < high:
        wrong.append(f"low must be below high, but {low:g} is not below {high:g}")
    if log and low <= 0:
        wrong.append(f"log needs a low above 0, not {low:g}")
    if log and stepped:
        wrong.append("log and step exclude each other")
    if step is not None and step <= 0:
        wrong.append(f"step must be above 0, not {step:g}")
    if step is not None and low < high < low + step:
        wrong.append(f"step {step:g} is wider than the range")
    if isinstance(step, float) and step > 0 and (high - low) / step > MOST_STEPS:
        wrong.append(f"step {step:g} gives more than {MOST_STEPS:,} values; leave it out")
    if wrong:
        raise ValueError(" and ".join(wrong))
