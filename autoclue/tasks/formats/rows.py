"""Cut a data file into rows of named fields; what can't be cut is a :class:`RowProblem`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autoclue.errors import reason_of
from autoclue.tasks.formats.content import UTF8, decode_file

Row = Mapping[str, object]
"""A row's fields by name."""

_KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


class RowProblem(Exception):
    """A row can't be read; whoever knows the file and the line turns this into a DataError."""


def kind_of(value: object) -> str:
    """Name kind of JSON value this is."""
    return _KINDS.get(type(value), type(value).__name__)


def read_lines(path: Path, encoding: str = UTF8) -> list[str]:
    r"""Read the lines of a text file, without their ends and without blank lines at its end.

    Lines end at ``\n`` alone: IFLYTEK's text holds U+2028 and U+0085, at which
    ``str.splitlines`` would break a row in two. ``\r\n`` and a byte order mark are tolerated.

    Raises:
        DataError: The file can't be read or is in another encoding.
    """
    lines = [line.removesuffix("\r") for line in decode_file(path, encoding).split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def json_row(line: str) -> Row:
    """Read one JSON object."""
    if not line.strip():
        raise RowProblem("is blank; only the end of a file may be")
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise RowProblem(f"is not valid JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise RowProblem("is not valid JSON: nested too deep") from error
    except ValueError as error:
        raise RowProblem(f"is not valid JSON: {reason_of(error)}") from error
    if not isinstance(row, dict):
        raise RowProblem(f"must be a JSON object, not {kind_of(row)}")
    return row


def tsv_cutter(
    columns: Sequence[str], *, delimiter: str, may_lack: str | None
) -> Callable[[str], Row]:
    """Make the function that cuts a line at its delimiters; quotes mean nothing.

    Args:
        columns: The columns' names, in order.
        delimiter: What stands between two columns.
        may_lack: A column that all rows may go without (the label of a test file), or ``None``.
    """
    unlabelled = [name for name in columns if name != may_lack]

    def cut(line: str) -> Row:
        cells = line.split(delimiter)
        if len(cells) == len(columns):
            return dict(zip(columns, cells, strict=True))
        if len(cells) == len(unlabelled):
            return dict(zip(unlabelled, cells, strict=True))
        if not line.strip():
            raise RowProblem("is blank; only the end of a file may be")
        quoted = "; where cells stand in quotes, write format: csv" if '"' in line else ""
        raise RowProblem(
            f"has {len(cells)} columns, not {len(columns)} ({', '.join(columns)}), "
            f"when cut at {delimiter!r}{quoted}"
        )

    return cut
