"""Read CHID in CLUE's form (passages, answers in a file of their own) and in FewCLUE's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.reading.examples import BlankExample, Reading
from autoclue.tasks.reading.json_files import (
    BrokenRowError,
    Remarks,
    as_object,
    list_of,
    name_of,
    naming,
    number_of,
    read_document,
    read_json_lines,
    text_of,
    texts_of,
)

BLANK = re.compile(r"#idiom\d{6}#")
"""A blank in CLUE's form."""

FEWCLUE_BLANK = "#idiom#"
CANDIDATES = 10
FEWCLUE_CANDIDATES = 7


def read_chid(path: Path, answers: Path | None = None) -> Reading[BlankExample]:
    """Read the blanks of a file in CLUE's form.

    Args:
        path: JSON lines with ``content``, a list of passages, and ``candidates``, ten idioms.
        answers: A JSON object with the index of the right idiom by blank; ``None`` where there
            is none, as with a test file.

    Raises:
        DataError: A file can't be read, there are no blanks, or a row is unusable: it has not
            exactly ten candidates, or a blank has no answer or one that is no candidate.
    """
    right = None if answers is None else _read_answers(answers)
    remarks = Remarks(path)
    examples: list[BlankExample] = []
    for group, (place, row) in enumerate(read_json_lines(path)):
        with naming(path, place):
            candidates = _candidates(row, CANDIDATES)
            before = len(examples)
            for passage in texts_of(row, "content"):
                for blank in BLANK.finditer(passage):
                    name = blank.group()
                    label = None if right is None else _label(right, name, len(candidates))
                    examples.append(
                        BlankExample(
                            *(len(examples), name, group, passage, blank.start()),
                            candidates=candidates,
                            label=label,
                        )
                    )
            if len(examples) - before > len(candidates):
                remarks.at(place)(
                    f"has {len(examples) - before} blanks and {len(candidates)} candidates; the "
                    "published decoding can't score it"
                )
    return _reading(path, examples, remarks)


def read_chid_fewclue(path: Path, *, labelled: bool = True) -> Reading[BlankExample]:
    """Read the blanks of a file in FewCLUE's form: one text, one blank and 7 candidates a row.

    Args:
        path: JSON lines with ``id``, ``content``, ``candidates`` and ``answer``, an index.
        labelled: Whether every row must have its answer.

    Raises:
        DataError: The file can't be read, is empty, or a row is unusable: it has not exactly one
            blank and seven candidates, or no answer among them.
    """
    examples: list[BlankExample] = []
    for number, (place, row) in enumerate(read_json_lines(path)):
        with naming(path, place):
            candidates = _candidates(row, FEWCLUE_CANDIDATES)
            content = text_of(row, "content")
            blanks = content.count(FEWCLUE_BLANK)
            if blanks != 1:
                raise BrokenRowError(f"must have one blank {FEWCLUE_BLANK}, not {blanks}")
            label = None
            if labelled or "answer" in row:
                label = number_of(row, "answer")
                _check_label(label, len(candidates))
            passage = content.replace(FEWCLUE_BLANK, f"#idiom{number % 1_000_000:06d}#")
            start = content.index(FEWCLUE_BLANK)
            examples.append(
                BlankExample(
                    *(number, name_of(row, "id"), number, passage, start),
                    candidates=candidates,
                    label=label,
                )
            )
    return _reading(path, examples, Remarks(path))


def _read_answers(path: Path) -> Mapping[str, object]:
    with naming(path, "the file"):
        return as_object(read_document(path), "it")


def _candidates(row: Mapping[str, object], count: int) -> tuple[str, ...]:
    candidates = texts_of(row, "candidates")
    if len(candidates) != count:
        raise BrokenRowError(
            f"has {len(candidates)} candidates, not {count}; the network scores exactly {count}"
        )
    if list_of(row, "candidates").count(""):
        raise BrokenRowError("one of its candidates is empty; give each an idiom")
    return candidates


def _label(answers: Mapping[str, object], blank: str, count: int) -> int:
    if blank not in answers:
        raise BrokenRowError(f"the file of answers has none for {blank}")
    label = number_of(answers, blank)
    _check_label(label, count)
    return label


def _check_label(label: int, count: int) -> None:
    if not 0 <= label < count:
        raise BrokenRowError(f"the answer is {label}; it must be from 0 to {count - 1}")


def _reading(path: Path, examples: list[BlankExample], remarks: Remarks) -> Reading[BlankExample]:
    if not examples:
        raise DataError(f"{path} holds no blanks.")
    return Reading(tuple(examples), tuple(remarks.found))
