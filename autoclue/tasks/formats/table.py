"""A data file as rows: how it is laid out, and what reading it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.errors import DataError
from autoclue.tasks.formats.content import UTF8
from autoclue.tasks.formats.rows import Row


@dataclass(frozen=True, slots=True)
class Layout:
    """What a task's file says about how a file is cut.

    Attributes:
        format: Name of the form.
        encoding: Of a text file.
        columns: The columns' names; ``None`` where a header names them.
        delimiter: What stands between two columns; ``None`` for the form's own.
        skip_lines: Lines to leave out at the start, before any header.
        sheet: Name of an Excel file's sheet; ``None`` for the first.
        may_lack: A column that all rows may go without (the label of a test file).
    """

    format: str
    encoding: str = UTF8
    columns: tuple[str, ...] | None = None
    delimiter: str | None = None
    skip_lines: int = 0
    sheet: str | None = None
    may_lack: str | None = None


def itself(row: Any) -> Row:
    """Take a row that is cut already."""
    found: Row = row
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows, and how each of them is cut.

    Attributes:
        path: The file.
        rows: The data rows: lines, or what else the form has.
        cut: Turns one of them into its fields; raises :class:`RowProblem`.
        columns: The columns' names, where the form names them once for all rows.
        header_line: The line that names them, from 1; 0 for none.
        lines: The line that each row begins on, from 1; ``None`` where rows have none, and are
            counted themselves.
        names: What the file itself calls the values of a column, by column.
    """

    path: Path
    rows: Sequence[Any]
    cut: Callable[[Any], Row] = itself
    columns: tuple[str, ...] | None = None
    header_line: int = 0
    lines: Sequence[int] | None = None
    names: Mapping[str, tuple[str, ...]] | None = None

    def place(self, index: int) -> int:
        """Return the line of a data row, or its number where there are no lines, from 1."""
        return index + 1 if self.lines is None else self.lines[index]

    def error(self, index: int, problem: str) -> DataError:
        """Build the error of a data row, which names the file and where the row stands."""
        place = self.place(index)
        if self.lines is None:
            return DataError(f"{self.path}, row {place}: {problem}")
        return DataError.at(self.path, place, problem)
