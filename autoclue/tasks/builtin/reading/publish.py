"""Write generated rows of the reading tasks the way each task's publisher does.

Answers to test rows stand in a file of their own, in the form in which predictions are handed in.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from autoclue.tasks.builtin.draw import Sample
from autoclue.tasks.builtin.reading.talks import DIALOGUE, MIXED

TEST: Final = "test"
DEV: Final = "dev"
ANNOTATORS: Final = 3
"""Answers of each question that is not trained on."""
FIRST_BLANKS: Final[Mapping[str, int]] = {"train": 0, DEV: 500_000, TEST: 623_377}
"""Number of the first blank of each file; the published script counts the test's from there."""


def cmrc2018(split: str, samples: Sequence[Sample]) -> bytes:
    """One document of texts with their questions; the answers of test rows are stand-ins."""
    entries = []
    for name, sample in _named(split, samples):
        questions = [
            {"question": question["question"], "id": key, "answers": _spans(split, question)}
            for key, question in _asked(name, sample)
        ]
        text = {"id": name, "context": sample.fields["context"], "qas": questions}
        entries.append({"paragraphs": [text], "id": name, "title": sample.fields["title"]})
    return _document({"version": "v1.0", "data": entries})


def cmrc2018_answers(samples: Sequence[Sample]) -> bytes:
    """The answers by the ids of their questions."""
    found = {
        key: question["answer"]
        for name, sample in _named(TEST, samples)
        for key, question in _asked(name, sample)
    }
    return _document(found, indent=4)


def c3(split: str, samples: Sequence[Sample]) -> bytes:
    """Dialogues, by turn; the test file holds the mixed texts too, and numbers the questions."""
    if split != TEST:
        return _talks(split, samples, DIALOGUE)
    numbers = itertools.count()
    return _document(
        [
            [
                sample.fields["turns"],
                [_unanswered(each, next(numbers)) for each in sample.fields["questions"]],
            ]
            for sample in samples
        ]
    )


def c3_mixed(split: str, samples: Sequence[Sample]) -> bytes:
    """Texts that are no dialogues."""
    return _talks(split, samples, MIXED)


def c3_answers(samples: Sequence[Sample]) -> bytes:
    """The places of the right choices by the numbers of the questions."""
    questions = [question for sample in samples for question in sample.fields["questions"]]
    return _lines(
        {"id": number, "label": question["choice"].index(question["answer"])}
        for number, question in enumerate(questions)
    )


def chid(split: str, samples: Sequence[Sample]) -> bytes:
    """A row with its passages, whose blanks are numbered, and its candidates."""
    names = iter(_blank_names(split, samples))
    return _lines(
        {
            "content": [_passage(blanks, names) for blanks in sample.fields["passages"]],
            "candidates": sample.fields["candidates"],
        }
        for sample in samples
    )


def chid_answers(split: str, samples: Sequence[Sample]) -> bytes:
    """The places of the right idioms by the names of the blanks."""
    answers = [answer for sample in samples for answer in sample.fields["answers"]]
    return _document(dict(zip(_blank_names(split, samples), answers, strict=True)), indent=2)


def chid_test_answers(samples: Sequence[Sample]) -> bytes:
    """The places of the right idioms of the test rows."""
    return chid_answers(TEST, samples)


def chid_fewclue(split: str, samples: Sequence[Sample]) -> bytes:
    """A row with one text, one blank, its candidates and the answer."""
    return _lines(
        {
            "id": number,
            "candidates": sample.fields["candidates"],
            "content": _passage(sample.fields["passages"][0], itertools.repeat("#idiom#")),
            "answer": sample.fields["answers"][0],
        }
        for number, sample in enumerate(samples)
    )


def _named(split: str, samples: Sequence[Sample]) -> Iterator[tuple[str, Sample]]:
    """Yield each text with its name."""
    return ((f"{split.upper()}_{number}", sample) for number, sample in enumerate(samples))


def _asked(name: str, sample: Sample) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each question of a text with its name."""
    questions = enumerate(sample.fields["questions"])
    return ((f"{name}_QUERY_{number}", question) for number, question in questions)


def _spans(split: str, question: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the answers to a question: one to train on, three to judge by, or stand-ins."""
    if split == TEST:
        return [
            {"text": f"FAKE_ANSWER_{number}", "answer_start": -1}
            for number in range(1, ANNOTATORS + 1)
        ]
    answer = {"text": question["answer"], "answer_start": question["start"]}
    return [answer] * (ANNOTATORS if split == DEV else 1)


def _talks(split: str, samples: Sequence[Sample], kind: str) -> bytes:
    """Write the texts of one kind, each with its questions and a name."""
    return _document(
        [
            [sample.fields["turns"], sample.fields["questions"], f"{kind[0]}-{split}-{number}"]
            for number, sample in enumerate(samples)
            if sample.fields["kind"] == kind
        ]
    )


def _unanswered(question: Mapping[str, Any], number: int) -> dict[str, object]:
    """Return a question of the test file: a number in place of the answer."""
    return {"question": question["question"], "choice": question["choice"], "id": number}


def _blank_names(split: str, samples: Sequence[Sample]) -> list[str]:
    """Return the names of all blanks of a file."""
    first = FIRST_BLANKS[split]
    return [
        f"#idiom{number:06d}#" for number in range(first, first + sum(s.size for s in samples))
    ]


def _passage(blanks: Sequence[tuple[str, str]], names: Iterator[str]) -> str:
    """Write a passage with the names of its blanks."""
    return "".join(f"{before}{next(names)}{after}" for before, after in blanks)


def _document(value: object, *, indent: int = 1) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()


def _lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
