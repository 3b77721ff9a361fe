"""Read C3 in its publisher's layout: a dialogue file and a mixed one, or CLUE's test file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats import UTF8
from autoclue.tasks.reading.examples import BadRow, ChoiceExample, Reading, Remark
from autoclue.tasks.reading.json_files import (
    BrokenRowError,
    Remarks,
    as_list,
    as_object,
    as_texts,
    name_of,
    naming,
    read_document,
    text_of,
    texts_of,
)

CHOICES = 4
"""Choices that the published script reads; it drops later ones and fills up fewer."""


def read_c3(
    paths: Sequence[Path],
    *,
    labelled: bool = True,
    encoding: str = UTF8,
    bad: list[BadRow] | None = None,
) -> Reading[ChoiceExample]:
    """Read the questions of one split.

    As in the published script, turns are joined by a line feed, everything is made lower case, and
    only the first four choices are read.

    Args:
        paths: The files, in the order in which they are joined: dialogues (``d-``) come first.
        labelled: Whether every question must have its answer.
        encoding: Of files that aren't UTF-8.
        bad: Takes the entries and questions that are unusable, instead of an error.

    Raises:
        DataError: A file can't be read, there are no questions, or one is unusable: a field is
            missing, or a labelled question's answer is none of its first four choices.
    """
    examples: list[ChoiceExample] = []
    remarks: list[Remark] = []
    row = 0
    for path in paths:
        found = Remarks(path)
        with naming(path, "the file"):
            entries = as_list(read_document(path, encoding), "it")
        for number, entry in enumerate(entries, start=1):
            place = f"entry {number}"
            context, name = "", ""
            questions: Sequence[object] = ()
            with naming(path, place, bad=bad, index=row):
                context, questions, name = _entry(entry)
            for order, question in enumerate(questions, start=1):
                spot = f"{place}, question {order}"
                with naming(path, spot, bad=bad, index=row):
                    fields = as_object(question, "it")
                    key = name_of(fields, "id") if "id" in fields else f"{name or number}/{order}"
                    read = _example(row, key, context, fields, labelled=labelled)
                    _remark(read, len(texts_of(fields, "choice")), found.at(spot))
                    examples.append(read)
                row += 1
        remarks += found.found
    if not examples and not bad:
        raise DataError(f"{' and '.join(map(str, paths))} hold no questions.")
    return Reading(tuple(examples), tuple(remarks))


def _entry(entry: object) -> tuple[str, Sequence[object], str]:
    """Take an entry apart: its text, its questions, and its name where it has one."""
    parts = as_list(entry, "it")
    if len(parts) not in (2, 3):
        raise BrokenRowError(f"must be [turns, questions, id], not a list of {len(parts)}")
    turns = as_texts(parts[0], "its text")
    name = str(parts[2]) if len(parts) == 3 else ""
    return "\n".join(turns).lower(), as_list(parts[1], "its list of questions"), name


def _example(
    row: int, key: str, context: str, question: Mapping[str, object], *, labelled: bool
) -> ChoiceExample:
    choices = tuple(choice.lower() for choice in texts_of(question, "choice"))[:CHOICES]
    if not choices:
        raise BrokenRowError("has no choices; give it two to four")
    label = None
    if labelled:
        answer = text_of(question, "answer").lower()
        if answer not in choices:
            raise BrokenRowError(
                f"the answer {answer!r} is none of its first {CHOICES} choices "
                f"({', '.join(choices)}); correct it, or leave the question out"
            )
        label = choices.index(answer)
    text = text_of(question, "question").lower()
    return ChoiceExample(row, key, context, text, choices, label)


def _remark(example: ChoiceExample, given: int, remark: Callable[[str], None]) -> None:
    if given > CHOICES:
        remark(f"has {given} choices; only the first {CHOICES} are read")
    if len(set(example.choices)) < len(example.choices):
        remark("two of its choices are equal; the first counts as the answer")
    if not example.context.strip():
        remark("the text is empty; the model reads question and choice alone")
