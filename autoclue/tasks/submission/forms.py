"""The forms of prediction files, byte for byte as the published scripts write them.

Source: ``--do_predict`` of PaddleNLP's CLUE scripts, and PaddleHub's AutoFinetune for the plain
lines of XNLI, LCQMC, TNEWS and INEWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from autoclue.tasks.predictions import Value

Spelled = str | int | list[str]
"""A value as a file has it: a label or text, the place of a choice from 0, or several labels."""

Rows = tuple[tuple[str, Spelled], ...]
"""Each row's id and value, in the order of the file."""

LONGEST_LINE: Final = 1_000_000
"""Characters; a prediction file with a longer line is refused unread."""


class FormError(ValueError):
    """The bytes are not in the form; the message is a clause that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of prediction file.

    Attributes:
        name: What a task's file calls it.
        numbered: Whether ids are the numbers of the rows, from 0, whatever ids the rows have.
        write: Makes the file of ids and values, ``[rows]`` each, in the publisher's row order.
        read: Takes a file apart again; raises ``FormError``.
    """

    name: str
    numbered: bool
    write: Callable[[Sequence[str], Sequence[Spelled]], bytes]
    read: Callable[[bytes], Rows]


def _write_label_lines(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write ``{"id": 0, "label": "106"}``: the row's number, the label as the task spells it."""
    rows = [{"id": number, "label": str(value)} for number, value in enumerate(values)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")


def _write_label_list_lines(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write ``{"id": 0, "label": ["红", "蓝"]}``: the row's number and all of its labels."""
    rows = [{"id": number, "label": value} for number, value in enumerate(values)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _write_choice_lines(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write ``{"id": 0, "label": 2}``: the row's number and the place of the choice."""
    rows = [{"id": number, "label": _place(value)} for number, value in enumerate(values)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")


def _place(value: Spelled) -> int:
    """Return the place of a choice."""
    if isinstance(value, list):
        raise TypeError(f"{value} is no place of a choice")
    return int(value)


def _write_answers(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write one object from question id to answer text, indented by 4, as UTF-8."""
    answers = dict(zip(ids, map(str, values), strict=True))
    return (json.dumps(answers, ensure_ascii=False, indent=4) + "\n").encode()


def _write_blanks(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write one object from ``#idiom577157#`` to the place of the idiom; no last line feed."""
    places = {blank: _place(value) for blank, value in zip(ids, values, strict=True)}
    return json.dumps(places, ensure_ascii=False, indent=2).encode()


def _write_plain_lines(ids: Sequence[str], values: Sequence[Spelled]) -> bytes:
    """Write one label a line, as PaddleHub's AutoFinetune does."""
    return "".join(f"{value}\n" for value in values).encode()


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormError(f"it is not UTF-8 (byte {error.start})") from error
    if any(len(line) > LONGEST_LINE for line in text.split("\n")):
        raise FormError(f"a line has more than {LONGEST_LINE:,} characters")
    return text


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormError(f"{where} is not JSON ({reason.splitlines()[0][:80]})") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _read_lines(content: bytes, kind: type) -> Rows:
    text = _text(content)
    if not text.endswith("\n"):
        raise FormError("its last line doesn't end with a line feed")
    rows: list[tuple[str, Spelled]] = []
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        row = _parsed(line, f"line {number}")
        if not isinstance(row, dict) or set(row) != {"id", "label"}:
            raise FormError(f"line {number} is not an object with the keys id and label alone")
        if not _is(row["id"], int) or not _is(row["label"], kind):
            wanted = _KINDS[kind]
            raise FormError(f"line {number}: id must be an integer and label {wanted}")
        rows.append((str(row["id"]), row["label"]))
    return tuple(rows)


def _read_object(content: bytes, kind: type[str] | type[int]) -> Rows:
    repeated: list[str] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key, value in found:
            if key in seen:
                repeated.append(key)
            seen[key] = value
        return seen

    text = _text(content)
    try:
        found = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormError(f"it is not JSON ({reason.splitlines()[0][:80]})") from error
    if not isinstance(found, dict):
        raise FormError("it is not one JSON object")
    if repeated:
        raise FormError(f"the id {repeated[0]!r} stands twice")
    wrong = next((key for key, value in found.items() if not _is(value, kind)), None)
    if wrong is not None:
        wanted = "a string" if kind is str else "an integer"
        raise FormError(f"the value of {wrong!r} is not {wanted}")
    return tuple(found.items())


_KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {str: "a string", int: "an integer", list: "a list of strings"}
)


def _is(value: object, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind) and not isinstance(value, bool)


def _read_plain_lines(content: bytes) -> Rows:
    text = _text(content)
    if not text.endswith("\n"):
        raise FormError("its last line doesn't end with a line feed")
    return tuple((str(number), label) for number, label in enumerate(text[:-1].split("\n")))


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("label_lines", True, _write_label_lines, lambda b: _read_lines(b, str)),
            Form(
                *("label_list_lines", True, _write_label_list_lines),
                read=lambda b: _read_lines(b, list),
            ),
            Form("choice_lines", True, _write_choice_lines, lambda b: _read_lines(b, int)),
            Form("answers", False, _write_answers, lambda b: _read_object(b, str)),
            Form("blanks", False, _write_blanks, lambda b: _read_object(b, int)),
            Form("plain_lines", True, _write_plain_lines, _read_plain_lines),
        )
    }
)
"""Every form by its name; a new one is one entry."""


def as_written(values: Sequence[Value]) -> list[Spelled]:
    """Return values that a file has as they are: texts, and places of choices."""
    return [value for value in values if not isinstance(value, tuple)]


def find_form(name: str) -> Form:
    """Return a form by its name.

    Raises:
        KeyError: There is none; a task's file has been checked for that.
    """
    return FORMS[name]
