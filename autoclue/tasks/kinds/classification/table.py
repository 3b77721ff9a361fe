"""Open the file of a split: its lines, and how one of them becomes a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats import Row, json_row, read_lines, tsv_cutter
from autoclue.tasks.kinds.classification.spec import ClassificationSpec


@dataclass(frozen=True, slots=True)
class Table:
    """A file's lines and how to read one.

    Attributes:
        lines: All lines, also those before the data.
        first: Index of the first data line.
        cut: Turns a line into its fields; raises :class:`RowProblem`.
    """

    lines: Sequence[str]
    first: int
    cut: Callable[[str], Row]


def open_table(spec: ClassificationSpec, split: str, path: Path) -> Table:
    """Read a file and find out how its rows are cut.

    Raises:
        DataError: The file can't be read, or its header lacks a field.
    """
    lines = read_lines(path)
    if spec.format == "jsonl":
        return Table(lines, 0, json_row)
    first = spec.skip_lines
    columns = spec.columns
    if columns is None:
        columns = _header(spec, split, path, lines)
        first += 1
    may_lack = spec.label_field if split not in spec.labelled_splits else None
    return Table(lines, first, tsv_cutter(columns, delimiter=spec.delimiter, may_lack=may_lack))


def _header(
    spec: ClassificationSpec, split: str, path: Path, lines: Sequence[str]
) -> tuple[str, ...]:
    """Read the columns' names from the header and check that the needed ones are there."""
    number = spec.skip_lines + 1
    if len(lines) < number:
        raise DataError.at(path, number, "the header is missing")
    columns = tuple(lines[number - 1].split(spec.delimiter))
    label = (spec.label_field,) if split in spec.labelled_splits else ()
    missing = [name for name in (*spec.input.fields, *label) if name not in columns]
    if missing:
        raise DataError.at(
            path,
            number,
            f"the header lacks {', '.join(missing)}; it has {', '.join(columns)} "
            f"when cut at {spec.delimiter!r}",
        )
    return columns
