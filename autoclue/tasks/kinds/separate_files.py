"""Files that stand beside a split's own: more rows, or the answers to its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from autoclue.errors import DataError

UNLABELLED: Final = -1
"""Stands for the label of a row that has none."""


def beside(path: Path, name: str) -> Path:
    """Return the file of this name beside a split's own.

    Raises:
        DataError: It isn't there.
    """
    found = path.with_name(name)
    if not found.is_file():
        raise DataError(f"{path} needs the file {name} beside it, which is missing; put it there.")
    return found


def no_separate_answers(labels: Path) -> DataError:
    """Build the error for answers in a file of their own where a kind reads none."""
    return DataError(
        f"{labels} would hold answers to rows that carry none, which this kind of task can't "
        "read; put each answer into its row, or rename the file."
    )
