"""A sum that numbers can be added to and taken from again, without any rounding on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_BITS: Final = 1074
"""Every finite float is a whole number of 2 ** -1074."""


@dataclass(slots=True)
class ExactSum:
    """A sum of finite floats.

    Read, it is what ``math.fsum`` gives of the numbers that it holds, in whatever order they came
    and whatever has been taken away meanwhile. So what is decided by it doesn't depend on history.
    """

    _units: int = 0

    def add(self, number: float) -> None:
        """Add a number."""
        self._units += _in_units(number)

    def take(self, number: float) -> None:
        """Take a number away that was added before."""
        self._units -= _in_units(number)

    def __float__(self) -> float:
        """Return the sum, rounded once."""
        return self._units / (1 << _BITS)


def _in_units(number: float) -> int:
    numerator, denominator = number.as_integer_ratio()
    return numerator << (_BITS + 1 - denominator.bit_length())
