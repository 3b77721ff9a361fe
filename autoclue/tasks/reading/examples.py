"""The rows of the reading tasks, as a model reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from autoclue.errors import DataError

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Answer:
    """A right answer to a question about a text.

    Attributes:
        text: The answer.
        start: The character of the context at which it is said to begin, as the file has it; -1
            where the file gives no place.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question whose answer stands in a text.

    Attributes:
        row: Number of the question in its file, from 0.
        id: The publisher's name for it.
        context: The text.
        question: The question.
        answers: Right answers; the first is the one to train on. Test files may have none, or
            stand-ins.
    """

    row: int
    id: str
    context: str
    question: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ChoiceExample:
    """A question with several answers to choose from.

    Attributes:
        row: Number of the question in its files, from 0.
        id: The publisher's name for it.
        context: The text; may be empty.
        question: The question; may be empty.
        choices: What there is to choose from.
        label: Index of the right choice; ``None`` where the row has none.
    """

    row: int
    id: str
    context: str
    question: str
    choices: tuple[str, ...]
    label: int | None


@dataclass(frozen=True, slots=True)
class BlankExample:
    """A blank in a passage, and the idioms that could fill it.

    Attributes:
        row: Number of the blank in its file, from 0.
        id: The publisher's name for it.
        group: Number of the row that the blank stands in, from 0; in one row no idiom is right
            twice.
        passage: The passage; its blanks are written ``#idiomNNNNNN#``.
        start: The character of the passage at which this blank begins.
        candidates: The idioms.
        label: Index of the right idiom; ``None`` where the file has no answers.
    """

    row: int
    id: str
    group: int
    passage: str
    start: int
    candidates: tuple[str, ...]
    label: int | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A flaw in a row that the published script trains on all the same.

    Attributes:
        path: The file.
        row: Where in the file, in words.
        flaw: What is wrong, and what is made of it.
    """

    path: Path
    row: str
    flaw: str

    def __str__(self) -> str:
        return f"{self.path}: {self.row}: {self.flaw}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be read.

    Attributes:
        error: What is wrong, with the file and where the row stands.
        index: Number of the data row in its file, from 0.
    """

    error: DataError
    index: int


@dataclass(frozen=True, slots=True)
class Reading(Generic[E]):
    """What was found in the files of one split.

    Attributes:
        examples: The examples, in file order.
        remarks: Flaws that stop nothing.
    """

    examples: tuple[E, ...]
    remarks: tuple[Remark, ...] = ()


def flaw_words(remarks: Sequence[Remark]) -> str | None:
    """Count flaws by file and tell the first; ``None`` where there are none.

    Args:
        remarks: Those of one split or more, in file order.
    """
    if not remarks:
        return None
    counts = Counter(remark.path.name for remark in remarks)
    counted = ", ".join(f"{count} in {name}" for name, count in counts.items())
    first = remarks[0]
    return f"{counted}, read all the same; the first: {first.row}: {first.flaw}"
