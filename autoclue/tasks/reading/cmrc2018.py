"""Read CMRC2018 in its publisher's layout, which is SQuAD's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats import UTF8
from autoclue.tasks.reading.examples import Answer, BadRow, Reading, SpanExample
from autoclue.tasks.reading.json_files import (
    BrokenRowError,
    Remarks,
    as_object,
    list_of,
    name_of,
    naming,
    number_of,
    read_document,
    text_of,
)


def read_cmrc2018(
    path: Path,
    *,
    labelled: bool = True,
    encoding: str = UTF8,
    bad: list[BadRow] | None = None,
) -> Reading[SpanExample]:
    """Read the questions of one file.

    As in the published script, context, question and answers lose the white space at both ends,
    and ``answer_start`` stays as it is. An answer that doesn't stand at its place is remarked on
    and kept: the script trains on whatever stands there.

    Args:
        path: A file in SQuAD's layout.
        labelled: Whether the answers are real; those of the publisher's test file are not.
        encoding: Of a file that isn't UTF-8.
        bad: Takes the questions that are unusable, instead of an error.

    Raises:
        DataError: The file can't be read, has no questions, or has one that is unusable: a field
            is missing, an id stands twice, or a labelled question has no answer.
    """
    remarks = Remarks(path)
    examples: dict[str, SpanExample] = {}
    number = 0
    for number, (context, question) in enumerate(_questions(path, encoding, bad), start=1):
        place, key, index = f"question {number}", None, number - 1
        with naming(path, place, bad=bad, index=index):
            key = name_of(question, "id")
        if key is None:
            continue
        place = f"{place} ({key})"
        with naming(path, place, bad=bad, index=index):
            if key in examples:
                raise BrokenRowError("its id stands twice; give each question an id of its own")
            answers = _answers(question) if labelled or "answers" in question else ()
            asked = text_of(question, "question").strip()
            example = SpanExample(index, key, context, asked, answers)
            _check(example, remarks.at(place), labelled=labelled)
            examples[key] = example
    if not number and not bad:
        raise DataError(f"{path} holds no questions.")
    return Reading(tuple(examples.values()), tuple(remarks.found))


def _questions(
    path: Path, encoding: str, bad: list[BadRow] | None
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield every question with its context; the rest of a broken entry is left out."""
    with naming(path, "the file"):
        entries = list_of(as_object(read_document(path, encoding), "it"), "data")
    for number, entry in enumerate(entries, start=1):
        with naming(path, f"entry {number}", bad=bad, index=number - 1):
            paragraphs = list_of(as_object(entry, "it"), "paragraphs")
            for paragraph in paragraphs:
                fields = as_object(paragraph, "a paragraph")
                context = text_of(fields, "context").strip()
                for question in list_of(fields, "qas"):
                    yield context, as_object(question, "a question")


def _answers(question: Mapping[str, object]) -> tuple[Answer, ...]:
    given = [as_object(answer, "an answer") for answer in list_of(question, "answers")]
    return tuple(
        Answer(text_of(answer, "text").strip(), number_of(answer, "answer_start"))
        for answer in given
    )


def _check(example: SpanExample, remark: Callable[[str], None], *, labelled: bool) -> None:
    """Refuse a question that the script stops at, and remark on what it doesn't mind."""
    if not example.context:
        remark("the context is empty, so nothing is trained on it and its answer is 'empty'")
    if not example.question:
        remark("the question is empty; the model reads the context alone")
    if not labelled:
        return
    if not example.answers or not example.answers[0].text:
        raise BrokenRowError("has no answer; add one, or leave the question out")
    for number, answer in enumerate(example.answers, start=1):
        found = example.context[max(answer.start, 0) :][: len(answer.text)]
        if answer.start >= 0 and found == answer.text:
            continue
        where = "elsewhere" if answer.text in example.context else "nowhere"
        remark(
            f"answer {number} {answer.text!r} stands {where} in the context, not at "
            f"{answer.start}; the script trains on what stands there if it is the first"
        )
