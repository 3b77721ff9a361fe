"""Read JSON files and say in which file and row something is not as it should be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from autoclue.errors import DataError, reason_of
from autoclue.outside import quoted, shortened
from autoclue.tasks.reading.examples import Remark


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
def naming(path: Path, row: str) -> Iterator[None]:
    """Name the file and the row of whatever is broken inside.

    Args:
        path: The file.
        row: Where in the file, in words.

    Raises:
        DataError: The row is broken.
    """
    try:
        yield
    except BrokenRowError as error:
        raise DataError(f"{path}: {row}: {error}") from error


def read_text(path: Path) -> str:
    """Read a UTF-8 file; a byte order mark is tolerated.

    Raises:
        DataError: It can't be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"Can't read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text; convert the file first.") from error


def read_document(path: Path) -> object:
    """Read a file that is one JSON document.

    Raises:
        DataError: It can't be read or is not JSON.
    """
    text = read_text(path)
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
    text = read_text(path).rstrip()
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
