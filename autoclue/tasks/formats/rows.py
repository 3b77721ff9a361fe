"""Cut a data file into rows of named fields; what can't be cut is a :class:`RowProblem`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autoclue.errors import DataError, reason_of

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


def read_lines(path: Path) -> list[str]:
    r"""Read the lines of a UTF-8 file, without their ends and without blank lines at its end.

    Lines end at ``\n`` alone: IFLYTEK's text holds U+2028 and U+0085, at which
    ``str.splitlines`` would break a row in two. ``\r\n`` and a byte order mark are tolerated.

    Raises:
        DataError: The file can't be read or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"Can't read {path}: {error.strerror or error}.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The error's position doesn't count the byte order mark, which holds no line break.
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError.at(path, line, "is not UTF-8 text; convert the file first") from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
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
        raise RowProblem(
            f"has {len(cells)} columns, not {len(columns)} ({', '.join(columns)}), "
            f"when cut at {delimiter!r}"
        )

    return cut
