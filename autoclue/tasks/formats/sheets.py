"""Read a sheet of an Excel file; every cell becomes text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autoclue.errors import DataError, MissingDependencyError
from autoclue.tasks.formats.bounded import UnpackBudget
from autoclue.tasks.formats.content import read_content
from autoclue.tasks.formats.delimited import name_cells
from autoclue.tasks.formats.rows import Row
from autoclue.tasks.formats.table import Layout, Table


def read_excel(path: Path, layout: Layout) -> Table:
    """Read a sheet of an ``.xlsx`` file.

    Raises:
        MissingDependencyError: openpyxl isn't installed.
        DataError: The file or the sheet can't be read, or lacks its header.
    """
    rows = list(_rows(path, layout))
    columns, header_line = layout.columns, 0
    if columns is None:
        if not rows:
            raise DataError(f"{path}: the header is missing")
        header_line, header = rows.pop(0)
        columns = tuple(cell.strip() for cell in header)
        while columns and not columns[-1]:
            columns = columns[:-1]
    names, may_lack = columns, layout.may_lack

    def cut(cells: list[str]) -> Row:
        wide = [*cells[: len(names)], *(cell for cell in cells[len(names) :] if cell)]
        return name_cells(wide, names, may_lack=may_lack)

    return Table(path, [c for _, c in rows], cut, columns, header_line, [n for n, _ in rows])


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that aren't blank, each with its number in the sheet, from 1."""
    for number, cells in enumerate(_sheet(path, layout.sheet), start=1):
        texts = [cell_text(cell) for cell in cells]
        if number > layout.skip_lines and any(texts):
            yield number, texts


def _sheet(path: Path, name: str | None) -> list[tuple[Any, ...]]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingDependencyError(
            f"{path} is an Excel file, which needs openpyxl: pip install 'autoclue[excel]', or "
            "save the sheet as CSV and write format: csv."
        ) from error
    data = read_content(path)
    budget = UnpackBudget(path, size=len(data), advice="Save its rows as CSV.")
    try:
        _spend(budget, data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"{path} is no .xlsx file that can be read: {error}.") from error
    if name is not None and name not in book.sheetnames:
        raise DataError(f"{path} has no sheet {name!r}; it has {', '.join(book.sheetnames)}.")
    sheet = book.worksheets[0] if name is None else book[name]
    sheet.reset_dimensions()  # what the file says of its size, which may be anything
    rows = []
    for row in sheet.iter_rows(values_only=True):
        budget.hold(len(row))
        rows.append(tuple(row))
    return rows


def _spend(budget: UnpackBudget, data: bytes) -> None:
    """Count what the parts of an ``.xlsx`` file unpack to.

    Raises:
        DataError: It is too much.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for part in packed.infolist():
            budget.begin()
            budget.spend(part.file_size)


def cell_text(cell: object) -> str:
    """Write a cell as text: 1.0 and 1 are "1", an empty one is ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
