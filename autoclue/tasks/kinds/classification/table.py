"""Open the file of a split, and check that its columns are those that the task reads."""

from __future__ import annotations

from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats import Layout, Table, read_table
from autoclue.tasks.kinds.classification.spec import TextTaskSpec


def open_table(spec: TextTaskSpec, split: str, path: Path) -> Table:
    """Read a file and find out how its rows are cut.

    Raises:
        DataError: The file can't be read, or its header lacks a field.
    """
    labelled = split in spec.answered_splits
    layout = Layout(
        format=spec.format,
        encoding=spec.encoding,
        columns=spec.columns,
        delimiter=spec.delimiter,
        skip_lines=spec.skip_lines,
        sheet=spec.sheet,
        may_lack=None if labelled else spec.label_field,
    )
    table = read_table(path, layout)
    if spec.columns is None and table.columns is not None:
        _check_columns(spec, table, labelled=labelled)
    return table


def _check_columns(spec: TextTaskSpec, table: Table, *, labelled: bool) -> None:
    """Refuse a file whose own columns lack one that is needed.

    Raises:
        DataError: It lacks one.
    """
    have = table.columns or ()
    label = (spec.label_field,) if labelled else ()
    missing = [name for name in (*spec.input.fields, *label) if name not in have]
    if not missing:
        return
    cut = f" when cut at {spec.separator!r}" if spec.separator is not None else ""
    problem = f"lacks {', '.join(missing)}; it has {', '.join(have)}{cut}"
    if table.header_line == 0:
        raise DataError(f"{table.path} {problem}.")
    raise DataError.at(table.path, table.header_line, f"the header {problem}")
