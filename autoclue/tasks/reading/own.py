"""Read reading tasks of a user's own, whose fields the task names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict

from autoclue.errors import DataError, UsageError
from autoclue.tasks.formats import Layout, Row, RowProblem, Table, read_table
from autoclue.tasks.reading.examples import (
    Answer,
    BadRow,
    ChoiceExample,
    Reading,
    SpanExample,
)
from autoclue.tasks.reading.json_files import (
    BrokenRowError,
    as_object,
    list_of,
    name_of,
    naming,
    number_of,
    text_of,
    texts_of,
)

MIN_CHOICES = 2
MAX_CHOICES = 26
"""As many as there are letters to name them."""

FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class SpanFields:
    """The fields of a span-extraction row.

    Attributes:
        context: Holds the text.
        question: Holds the question.
        answers: Holds the answer: a text, ``{"text": ..., "answer_start": ...}`` with
            the character at which it begins, or a list of such; the object may hold two lists too.
        id: Holds the row's name; rows without it are named by their number from 0.
    """

    __pydantic_config__: ClassVar[ConfigDict] = FORBID

    context: str = "context"
    question: str = "question"
    answers: str = "answers"
    id: str = "id"


@dataclass(frozen=True, slots=True)
class ChoiceFields:
    """The fields of a multiple-choice row.

    Attributes:
        context: Holds the text; ``None`` where there is none.
        question: Holds the question; ``None`` where there is none.
        choices: Holds the list of choices.
        answer: Holds the right choice.
        answer_form: How: its index from 0, its letter from A, or its text.
        id: Holds the row's name; rows without it are named by their number from 0.
    """

    __pydantic_config__: ClassVar[ConfigDict] = FORBID

    context: str | None = "context"
    question: str | None = "question"
    choices: str = "choices"
    answer: str = "answer"
    answer_form: Literal["index", "letter", "text"] = "index"
    id: str = "id"


LINES = Layout("jsonl")
"""Where nothing is said of a file."""


def read_own_spans(
    path: Path,
    fields: SpanFields,
    *,
    labelled: bool,
    layout: Layout = LINES,
    bad: list[BadRow] | None = None,
) -> Reading[SpanExample]:
    """Read a file of span-extraction rows.

    Texts are taken as they are, so that places are those of the file. An answer without a place
    is looked for, and its first occurrence counts.

    Args:
        path: The file.
        fields: The names of the fields.
        labelled: Whether every row must have an answer.
        layout: What form the file is in.
        bad: Takes the rows that are unusable, instead of an error.

    Raises:
        DataError: The file can't be read, or a row is unusable: a field is missing, the context is
            empty, an id stands twice, or an answer doesn't stand in the context where it says.
    """
    examples: dict[str, SpanExample] = {}
    table = _table(path, layout)
    for number, line in enumerate(table.rows):
        with naming(path, _place(table, number), bad=bad, index=number):
            row = _cut(table, line)
            key = _new_name(row, fields.id, number, examples)
            context = text_of(row, fields.context)
            if not context.strip():
                raise BrokenRowError(f"field {fields.context!r} is empty; give it a text")
            answers = _answers(row, fields.answers, context, required=labelled)
            question = text_of(row, fields.question)
            examples[key] = SpanExample(number, key, context, question, answers)
    return Reading(tuple(examples.values()))


def read_own_choices(
    path: Path,
    fields: ChoiceFields,
    *,
    max_choices: int,
    labelled: bool,
    layout: Layout = LINES,
    bad: list[BadRow] | None = None,
) -> Reading[ChoiceExample]:
    """Read a file of multiple-choice rows.

    Args:
        path: The file.
        fields: The names of the fields.
        max_choices: Most choices of a row, 2 to 26; rows may have fewer.
        labelled: Whether every row must have its answer.
        layout: What form the file is in.
        bad: Takes the rows that are unusable, instead of an error.

    Raises:
        UsageError: ``max_choices`` is out of bounds.
        DataError: The file can't be read, or a row is unusable: a field is missing, it has too few
            or too many choices, an id stands twice, or its answer is none of the choices.
    """
    if not MIN_CHOICES <= max_choices <= MAX_CHOICES:
        raise UsageError(
            f"The task allows {max_choices} choices; it must be {MIN_CHOICES} to {MAX_CHOICES}."
        )
    examples: dict[str, ChoiceExample] = {}
    table = _table(path, layout)
    for number, line in enumerate(table.rows):
        with naming(path, _place(table, number), bad=bad, index=number):
            row = _cut(table, line)
            key = _new_name(row, fields.id, number, examples)
            choices = texts_of(row, fields.choices)
            if not MIN_CHOICES <= len(choices) <= max_choices:
                raise BrokenRowError(
                    f"has {len(choices)} choices; this task takes {MIN_CHOICES} to {max_choices}"
                )
            label = None
            if labelled or row.get(fields.answer) is not None:
                label = _label(row, fields, choices)
            context, question = (
                "" if name is None else text_of(row, name)
                for name in (fields.context, fields.question)
            )
            examples[key] = ChoiceExample(number, key, context, question, choices, label)
    return Reading(tuple(examples.values()))


def _table(path: Path, layout: Layout) -> Table:
    table = read_table(path, layout)
    if not table.rows:
        raise DataError(f"{path} holds no rows.")
    return table


def _place(table: Table, index: int) -> str:
    return f"{'row' if table.lines is None else 'line'} {table.place(index)}"


def _cut(table: Table, line: object) -> Row:
    try:
        return table.cut(line)
    except RowProblem as problem:
        raise BrokenRowError(str(problem)) from problem


def _new_name(
    row: Mapping[str, object], field: str, number: int, taken: Mapping[str, object]
) -> str:
    key = name_of(row, field) if field in row else str(number)
    if key in taken:
        raise BrokenRowError(f"its id {key} stands twice; give each row an id of its own")
    return key


def _answers(
    row: Mapping[str, object], field: str, context: str, *, required: bool
) -> tuple[Answer, ...]:
    given = row.get(field)
    values = given if isinstance(given, list) else _one_by_one(given, field)
    answers = tuple(_answer(value, field, context) for value in values if value is not None)
    if required and not answers:
        raise BrokenRowError(f"field {field!r} holds no answer; give it one")
    return answers


def _one_by_one(given: object, field: str) -> list[object]:
    """Part the lists of texts and places, as Hugging Face keeps answers, into one object each."""
    if not isinstance(given, dict) or not isinstance(given.get("text"), list):
        return [given]
    keys = [key for key in ("text", "answer_start") if key in given]
    texts, *places = (list_of(given, key) for key in keys)
    if any(len(each) != len(texts) for each in places):
        raise BrokenRowError(f"field {field!r} holds {len(texts)} texts, but not as many places")
    return [dict(zip(keys, each, strict=True)) for each in zip(texts, *places, strict=True)]


def _answer(value: object, field: str, context: str) -> Answer:
    fields = {"text": value} if isinstance(value, str) else as_object(value, f"field {field!r}")
    text = text_of(fields, "text")
    start = number_of(fields, "answer_start") if "answer_start" in fields else context.find(text)
    if not text:
        raise BrokenRowError(f"field {field!r} holds an empty answer")
    if start < 0 or context[start : start + len(text)] != text:
        where = f"at character {start}" if "answer_start" in fields else "in the context"
        raise BrokenRowError(f"the answer {text!r} does not stand {where}; correct it")
    return Answer(text, start)


def _label(row: Mapping[str, object], fields: ChoiceFields, choices: tuple[str, ...]) -> int:
    if fields.answer_form == "index":
        label = number_of(row, fields.answer)
    else:
        answer = text_of(row, fields.answer)
        names = list(choices) if fields.answer_form == "text" else _letters(len(choices))
        label = names.index(answer) if answer in names else -1
    if not 0 <= label < len(choices):
        raise BrokenRowError(
            f"the answer {row[fields.answer]!r} is none of its {len(choices)} choices "
            f"(given by {fields.answer_form})"
        )
    return label


def _letters(count: int) -> list[str]:
    return [chr(ord("A") + place) for place in range(count)]
