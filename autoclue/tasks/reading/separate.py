"""Answers to test rows, in a file of their own beside them.

Their form is that in which predictions are handed in, so that a prediction file can be taken for
one and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autoclue.tasks.reading.examples import Answer, ChoiceExample, SpanExample
from autoclue.tasks.reading.json_files import (
    BrokenRowError,
    as_object,
    as_texts,
    name_of,
    naming,
    number_of,
    read_document,
    read_json_lines,
)


def with_answers(examples: Sequence[SpanExample], path: Path) -> list[SpanExample]:
    """Give questions the answers of a file.

    Args:
        examples: The questions.
        path: A JSON object with the answer to each question by its id, or a list of right answers.

    Raises:
        DataError: The file can't be read, or lacks an answer.
    """
    with naming(path, "the file"):
        found = as_object(read_document(path), "it")
    answered = []
    for example in examples:
        with naming(path, f"question {example.id}"):
            texts = _texts(found, example.id)
        answers = tuple(Answer(text, example.context.find(text)) for text in texts)
        answered.append(replace(example, answers=answers))
    return answered


def with_choices(examples: Sequence[ChoiceExample], path: Path) -> list[ChoiceExample]:
    """Give questions the right choices of a file.

    Args:
        examples: The questions.
        path: JSON lines with the ``id`` of a question, or its number from 0 as predictions have
            it, and the index of the right choice as ``label``.

    Raises:
        DataError: The file can't be read, names a question twice, lacks one, or chooses what it
            doesn't have.
    """
    labels: dict[str, int] = {}
    for place, row in read_json_lines(path):
        with naming(path, place):
            key = name_of(row, "id")
            if key in labels:
                raise BrokenRowError(f"id {key} stands twice")
            labels[key] = number_of(row, "label")
    named = all(example.id in labels for example in examples)
    chosen = []
    for example in examples:
        key = example.id if named else str(example.row)
        with naming(path, f"question {example.id}"):
            chosen.append(replace(example, label=_choice(labels, key, len(example.choices))))
    return chosen


def _texts(found: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the right answers to a question, without white space at their ends."""
    if key not in found:
        raise BrokenRowError("the file has no answer to it")
    value = found[key]
    texts = (value,) if isinstance(value, str) else as_texts(value, "its answer")
    stripped = tuple(text.strip() for text in texts)
    if not stripped or not all(stripped):
        raise BrokenRowError("its answer is empty")
    return stripped


def _choice(labels: Mapping[str, int], key: str, count: int) -> int:
    if key not in labels:
        raise BrokenRowError("the file has no label for it")
    if not 0 <= labels[key] < count:
        raise BrokenRowError(f"its label is {labels[key]}; it must be from 0 to {count - 1}")
    return labels[key]
