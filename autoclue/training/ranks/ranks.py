"""What a trial asks of the processes that train it together; most are trained by one alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Ranks(Protocol):
    """The processes of a trial; each calls the same methods in the same order.

    A method that one of them calls waits for all others.
    """

    @property
    def rank(self) -> int:
        """The number of this process, from 0; the first alone writes files."""

    @property
    def count(self) -> int:
        """How many processes there are."""

    def add(self, tensor: Any) -> None:
        """Replace a tensor by the sum of those of all processes, in place.

        Args:
            tensor: Of one shape and type in all of them.
        """

    def share(self, value: T) -> T:
        """Return what the first process has given; the values of the others don't count."""

    def gather(self, value: T) -> list[T]:
        """Return what each process has given, in their order."""


@dataclass(frozen=True, slots=True)
class SoleRank:
    """The only process of a trial.

    Attributes:
        rank: Its number.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    def add(self, tensor: Any) -> None:
        """Leave the tensor as it is."""

    def share(self, value: T) -> T:
        """Return the value."""
        return value

    def gather(self, value: T) -> list[T]:
        """Return the value alone."""
        return [value]


SOLE: Final = SoleRank()
"""What trains a trial on one card."""


def rows_of_rank(rows: NDArray[np.int64], *, rank: int, count: int) -> NDArray[np.int64]:
    """Return the rows of a batch that one of several processes takes.

    They are cut in their order into parts that differ by one row at most; the first ones are the
    larger ones, and the last ones are empty where there are fewer rows than processes.

    Args:
        rows: The batch, ``[b]``.
        rank: The process, from 0.
        count: How many there are.
    """
    return np.array_split(rows, count)[rank]
