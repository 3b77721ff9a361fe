"""Read JSON: one object a line, or one array of objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autoclue.errors import DataError, reason_of
from autoclue.tasks.formats.content import decode_file
from autoclue.tasks.formats.rows import Row, RowProblem, json_row, kind_of, read_lines
from autoclue.tasks.formats.table import Layout, Table


def read_jsonl(path: Path, layout: Layout) -> Table:
    """Read one JSON object a line.

    Raises:
        DataError: The file can't be read, or is one JSON document over several lines.
    """
    lines = read_lines(path, layout.encoding)
    start = lines[0].lstrip() if lines else ""
    if start.startswith("[") and _is_document("\n".join(lines)):
        raise DataError(
            f"{path} is one JSON array, not one object a line; write format: json into the "
            "task's file."
        )
    if start in ("{", "[") and len(lines) > 1:
        raise DataError.at(
            path, 1, "is not one object a line; a file that is one JSON document is format: json"
        )
    return Table(path, lines, json_row, lines=range(1, len(lines) + 1))


def read_json_array(path: Path, layout: Layout) -> Table:
    """Read a JSON array of objects, or an object in which one key alone holds such an array.

    Raises:
        DataError: The file can't be read or holds something else.
    """
    text = decode_file(path, layout.encoding)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        hint = "; one object a line is format: jsonl" if error.msg == "Extra data" else ""
        raise DataError.at(path, error.lineno, f"is not valid JSON: {error.msg}{hint}") from error
    except RecursionError as error:
        raise DataError(f"{path} is not valid JSON: nested too deep.") from error
    except ValueError as error:
        raise DataError(f"{path} is not valid JSON: {reason_of(error)}.") from error
    return Table(path, _array(path, found), _object)


def _array(path: Path, found: Any) -> list[Any]:
    if isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        if len(lists) == 1:
            return list(lists[0])
    if not isinstance(found, list):
        raise DataError(f"{path} must hold a JSON array of objects, not {kind_of(found)}.")
    return found


def _object(row: Any) -> Row:
    if not isinstance(row, dict):
        raise RowProblem(f"must be a JSON object, not {kind_of(row)}")
    return row


def _is_document(text: str) -> bool:
    """Return whether a text is one JSON array of objects."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and bool(found) and isinstance(found[0], dict)
