"""How many rows are generated: a named size, or a number of rows to train on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autoclue.errors import UsageError, unknown_name

DEFAULT_SIZE: Final = "small"
SIZES: Final = ("tiny", "small", "medium")
FEWEST_ROWS: Final = 50
MOST_ROWS: Final = 30_000
TINY_PART: Final = 8
MEDIUM_TIMES: Final = 4
HELD_OUT: Final = {"tiny": 100, "small": 600, "medium": 2000}
"""Rows of the development set, and as many of the test set."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of each split.

    Attributes:
        train: To train on.
        held_out: To judge by, and as many to test on.
    """

    train: int
    held_out: int

    @property
    def total(self) -> int:
        """Rows of all three splits."""
        return self.train + 2 * self.held_out


def normal_size(size: str) -> str:
    """Return the one spelling of a size.

    Args:
        size: ``tiny``, ``small``, ``medium``, or the number of rows to train on.

    Raises:
        UsageError: It is neither, or a number out of range.
    """
    text = size.strip().lower()
    if text.isascii() and text.isdigit():
        if not FEWEST_ROWS <= int(text) <= MOST_ROWS:
            raise UsageError(
                f"--builtin-size is {text} rows, but must be {FEWEST_ROWS} to {MOST_ROWS}."
            )
        return str(int(text))
    if text not in SIZES:
        hint = f"Or give the number of rows to train on, {FEWEST_ROWS} to {MOST_ROWS}."
        raise unknown_name("--builtin-size", size, SIZES, hint=hint)
    return text


def rows_of(size: str, *, small: int) -> Rows:
    """Return the rows of each split.

    Args:
        size: A size as :func:`normal_size` spells it.
        small: Rows to train on in the task's small size.
    """
    held_out = HELD_OUT.get(size, HELD_OUT[DEFAULT_SIZE])
    tiny = max(small // TINY_PART, FEWEST_ROWS)
    named = {"tiny": tiny, "small": small, "medium": small * MEDIUM_TIMES}
    return Rows(named[size] if size in named else int(size), held_out)
