"""Read JSON files and say in which file and row something is not as it should be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from autoclue.errors import DataError, reason_of
from autoclue.outside import quoted, shortened
from autoclue.tasks.formats import UTF8, decode_file
from autoclue.tasks.reading.examples import BadRow, Remark


class BrokenRowError(Exception):
    """A row can't be used; whoever knows the file and the row turns this into a DataError."""


class Remarks:
    """Collects the flaws of one file."""

    def __init__(self, path: Path) -> None:
        """Start with none.

        Args:
            path: The file.
        """
        self._path = path
        self.found: list[Remark] = []

    def at(self, row: str) -> Callable[[str], None]:
        """Return the function that notes a flaw of this row."""
        return lambda flaw: self.found.append(Remark(self._path, row, flaw))


@contextmanager
def naming(
    path: Path, row: str, *, bad: list[BadRow] | None = None, index: int = 0
) -> Iterator[None]:
    """Name the file and the row of whatever is broken inside.

    Args:
        path: The file.
        row: Where in the file, in words.
        bad: Takes the broken row instead of an error; what follows inside is left out.
        index: Number of the row in its file, from 0.

    Raises:
        DataError: The row is broken.
    """
    try:
        yield
    except BrokenRowError as broken:
        error = DataError(f"{path}: {row}: {broken}")
        error.__cause__ = broken
        if bad is None:
            raise error from broken
        bad.append(BadRow(error, index))


def read_document(path: Path, encoding: str = UTF8) -> object:
    """Read a file that is one JSON document.

    Raises:
        DataError: It can't be read, is in another encoding or is not JSON.
    """
    text = decode_file(path, encoding)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError.at(path, error.lineno, f"is not valid JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:  # nesting, or a number of thousands of digits
        raise DataError(f"{path} is not valid JSON: {reason_of(error)}.") from error


def read_json_lines(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    r"""Yield the objects of a file of JSON lines, each with its place in words.

    Lines end at ``\n`` alone; blank lines at the end of the file are no rows.

    Raises:
        DataError: The file can't be read or is empty, or a line is not a JSON object.
    """
    text = decode_file(path).rstrip()
    if not text:
        raise DataError(f"{path} holds no rows.")
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError.at(path, number, "is not valid JSON") from error
        if not isinstance(row, dict):
            raise DataError.at(path, number, "must be a JSON object")
        yield f"line {number}", row


def text_of(row: Mapping[str, object], name: str) -> str:
    """Take a field that holds text.

    Raises:
        BrokenRowError: It is missing or holds something else.
    """
    value = _field(row, name)
    if not isinstance(value, str):
        raise BrokenRowError(f"field {name!r} must be text, not {type(value).__name__}")
    return value


def number_of(row: Mapping[str, object], name: str) -> int:
    """Take a field that holds a whole number.

    Raises:
        BrokenRowError: It is missing or holds something else.
    """
    value = _field(row, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BrokenRowError(f"field {name!r} must be a whole number, not {quoted(value)}")
    return value


def list_of(row: Mapping[str, object], name: str) -> Sequence[object]:
    """Take a field that holds a list.

    Raises:
        BrokenRowError: It is missing or holds something else.
    """
    return as_list(_field(row, name), f"field {name!r}")


def texts_of(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Take a field that holds a list of texts.

    Raises:
        BrokenRowError: It is missing or holds something else.
    """
    return as_texts(_field(row, name), f"field {name!r}")


def as_list(value: object, what: str) -> Sequence[object]:
    """Check that something is a list.

    Raises:
        BrokenRowError: It is not.
    """
    if not isinstance(value, list):
        raise BrokenRowError(f"{what} must be a list, not {type(value).__name__}")
    return value


def as_texts(value: object, what: str) -> tuple[str, ...]:
    """Check that something is a list of texts.

    Raises:
        BrokenRowError: It is not.
    """
    texts = as_list(value, what)
    if not all(isinstance(text, str) for text in texts):
        raise BrokenRowError(f"{what} must hold texts only")
    return tuple(str(text) for text in texts)


def as_object(value: object, what: str) -> Mapping[str, object]:
    """Check that something is an object.

    Raises:
        BrokenRowError: It is not.
    """
    if not isinstance(value, dict):
        raise BrokenRowError(f"{what} must be an object, not {type(value).__name__}")
    return value


def name_of(row: Mapping[str, object], name: str) -> str:
    """Take a field that names a row: text or a whole number.

    Raises:
        BrokenRowError: It is missing or holds something else.
    """
    value = _field(row, name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise BrokenRowError(f"field {name!r} must be text or a whole number")
    return str(value)


def _field(row: Mapping[str, object], name: str) -> object:
    try:
        return row[name]
    except KeyError:
        raise BrokenRowError(
            f"has no field {name!r}; it has {shortened(', '.join(row), 200) or 'none'}"
        ) from None
