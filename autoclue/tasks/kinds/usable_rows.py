"""What becomes of rows that can't be read: they stop everything, or are counted and left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from autoclue.errors import DataError
from autoclue.tasks.reading import BadRow

E = TypeVar("E")

OnBadRow = Literal["stop", "skip"]


def usable_rows(
    examples: Sequence[E],
    bad: Sequence[BadRow],
    on_bad_row: OnBadRow,
    *,
    path: Path,
    purpose: str,
) -> list[E]:
    """Return the rows that can be read, where the others don't stop everything.

    Args:
        examples: The rows that can be read.
        bad: The others.
        on_bad_row: What the task says of those.
        path: The file.
        purpose: The task and the split, in words.

    Raises:
        DataError: They do, or no row can be read.
    """
    if bad and on_bad_row == "stop":
        raise _first_of(bad) from bad[0].error.__cause__
    if not examples:
        left_out = f"; all {len(bad):,} are bad, the first: {bad[0].error}" if bad else "."
        raise DataError(f"{path} holds no rows that {purpose}{left_out}")
    return list(examples)


def _first_of(bad: Sequence[BadRow]) -> DataError:
    """Build the error of the first bad row, which counts the others."""
    if len(bad) == 1:
        return bad[0].error
    more = "1 more row is" if len(bad) == 2 else f"{len(bad) - 1:,} more rows are"
    return DataError(
        f"{bad[0].error} ({more} bad too: autoclue data check lists them, and on_bad_row: skip in "
        "the task's file leaves them out)"
    )
