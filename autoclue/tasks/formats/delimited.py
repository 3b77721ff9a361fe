"""Read columns: one row a line without quotes, or CSV with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats.content import decode_file
from autoclue.tasks.formats.rows import Row, RowProblem, read_lines, tsv_cutter
from autoclue.tasks.formats.table import Layout, Table

TAB, COMMA = "\t", ","
LONGEST_CELL = 16 * 2**20
"""Characters; Python's own limit of 131,072 is less than some articles have."""


def read_tsv(path: Path, layout: Layout) -> Table:
    """Read rows of one line each, in which quotes mean nothing.

    Raises:
        DataError: The file can't be read, or lacks its header.
    """
    lines = read_lines(path, layout.encoding)
    delimiter = layout.delimiter or TAB
    first, columns = layout.skip_lines, layout.columns
    if columns is None:
        if len(lines) <= first:
            raise DataError.at(path, first + 1, "the header is missing")
        columns = tuple(lines[first].split(delimiter))
        first += 1
    return Table(
        path,
        lines[first:],
        tsv_cutter(columns, delimiter=delimiter, may_lack=layout.may_lack),
        columns=columns,
        header_line=0 if layout.columns is not None else first,
        lines=range(first + 1, len(lines) + 1),
    )


def read_csv(path: Path, layout: Layout) -> Table:
    """Read CSV: cells may stand in quotes, and then hold delimiters, quotes and line breaks.

    Raises:
        DataError: The file can't be read or lacks its header, or a quote is never closed.
    """
    records = list(_records(path, layout))
    columns, header_line = layout.columns, 0
    if columns is None:
        if not records:
            raise DataError.at(path, layout.skip_lines + 1, "the header is missing")
        header_line, header = records.pop(0)
        columns = tuple(cell.strip() for cell in header)
    names, may_lack = columns, layout.may_lack

    def cut(cells: list[str]) -> Row:
        return name_cells(cells, names, may_lack=may_lack)

    rows = [cells for _, cells in records]
    return Table(path, rows, cut, columns, header_line, [line for line, _ in records])


def name_cells(cells: list[str], columns: tuple[str, ...], *, may_lack: str | None) -> Row:
    """Name the cells of a row.

    Raises:
        RowProblem: There are more or fewer cells than columns.
    """
    if len(cells) == len(columns):
        return dict(zip(columns, cells, strict=True))
    unlabelled = [name for name in columns if name != may_lack]
    if len(cells) == len(unlabelled):
        return dict(zip(unlabelled, cells, strict=True))
    raise RowProblem(f"has {len(cells)} columns, not {len(columns)} ({', '.join(columns)})")


def _records(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that aren't blank, each with the line that it begins on, from 1."""
    lines = io.StringIO(decode_file(path, layout.encoding), newline="")
    for _ in range(layout.skip_lines):
        lines.readline()
    reader = csv.reader(lines, delimiter=layout.delimiter or COMMA, strict=True)
    begins = layout.skip_lines + 1
    with _long_cells():
        try:
            for cells in reader:
                if cells:
                    yield begins, cells
                begins = layout.skip_lines + reader.line_num + 1
        except csv.Error as error:
            raise DataError.at(path, begins, _told(str(error))) from error


def _told(reason: str) -> str:
    """Say what Python's reader found wrong."""
    if "unexpected end of data" in reason:
        return 'has a quote (") that is never closed'
    if "expected after" in reason:
        return (
            f"is not CSV ({reason}): a quote within a quoted cell is written twice; "
            "write format: tsv where quotes mean nothing"
        )
    return f"is not CSV ({reason})"


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
