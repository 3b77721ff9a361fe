from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading import ChoiceExample, SpanExample, with_answers, with_choices
from tests.tasks.reading.conftest import WriteJson

SPANS = [
    SpanExample(0, "Q0", "天地人", "谁", ()),
    SpanExample(1, "Q1", "山水", "什么", ()),
]
CHOICES = [
    ChoiceExample(0, "a", "天", "谁", ("甲", "乙"), None),
    ChoiceExample(1, "b", "天", "谁", ("甲", "乙", "丙"), None),
]


def test_answers_are_found_in_their_text(write_json: WriteJson) -> None:
    found = with_answers(SPANS, write_json({"Q0": " 地人", "Q1": ["水", "火"]}))
    assert [[(a.text, a.start) for a in e.answers] for e in found] == [
        [("地人", 1)],
        [("水", 1), ("火", -1)],
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Q0": "天"}, "question Q1: the file has no answer to it"),
        ({"Q0": "天", "Q1": " "}, "question Q1: its answer is empty"),
        ({"Q0": "天", "Q1": []}, "question Q1: its answer is empty"),
        ({"Q0": 1, "Q1": "水"}, "question Q0: its answer must be a list"),
        ([], "the file: it must be an object"),
    ],
)
def test_answers_that_are_none_are_named(
    value: object, message: str, write_json: WriteJson
) -> None:
    with pytest.raises(DataError, match=message):
        with_answers(SPANS, write_json(value))


@pytest.mark.parametrize("ids", [("b", "a"), (1, 0)])
def test_choices_are_joined_by_id_or_by_number(
    ids: tuple[object, ...], write_rows: WriteJson
) -> None:
    path: Path = write_rows({"id": ids[0], "label": 2}, {"id": ids[1], "label": 1})
    assert [example.label for example in with_choices(CHOICES, path)] == [1, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a", "label": 0}], "question a: the file has no label for it"),
        ([{"id": 0, "label": 0}], "question b: the file has no label for it"),
        ([{"id": 0, "label": 0}, {"id": 0, "label": 1}], "line 2: id 0 stands twice"),
        ([{"id": 0, "label": 2}, {"id": 1, "label": 0}], "label is 2; it must be from 0 to 1"),
        ([{"id": 0, "label": "B"}], "line 1: field 'label' must be a whole number"),
    ],
)
def test_labels_that_are_none_are_named(
    rows: list[object], message: str, write_rows: WriteJson
) -> None:
    with pytest.raises(DataError, match=message):
        with_choices(CHOICES, write_rows(*rows))
