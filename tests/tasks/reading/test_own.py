from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks.reading.examples import Answer, ChoiceExample, SpanExample
from autoclue.tasks.reading.own import (
    ChoiceFields,
    SpanFields,
    read_own_choices,
    read_own_spans,
)

WriteJson = Callable[..., Path]
SPAN = {"context": " 甲乙甲", "question": "谁？"}
CHOICE: dict[str, object] = {"context": "甲", "question": "谁？", "choices": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ("甲", (Answer("甲", 1),)),
        (["乙", "甲"], (Answer("乙", 2), Answer("甲", 1))),
        ({"text": "甲", "answer_start": 3}, (Answer("甲", 3),)),
        ([{"text": "甲乙"}], (Answer("甲乙", 1),)),
    ],
)
def test_answer_is_a_text_or_a_text_with_its_place(
    write_rows: WriteJson, given: object, answers: tuple[Answer, ...]
) -> None:
    path = write_rows({**SPAN, "answers": given})
    (example,) = read_own_spans(path, SpanFields(), labelled=True).examples
    assert example == SpanExample(0, "0", " 甲乙甲", "谁？", answers)


def test_fields_have_the_names_that_the_task_gives(write_rows: WriteJson) -> None:
    path = write_rows({"key": "x", "text": "甲", "ask": "谁？", "gold": "甲"})
    fields = SpanFields(context="text", question="ask", answers="gold", id="key")
    (example,) = read_own_spans(path, fields, labelled=True).examples
    assert (example.id, example.context, example.question) == ("x", "甲", "谁？")


def test_unlabelled_span_needs_no_answer(write_rows: WriteJson) -> None:
    (example,) = read_own_spans(write_rows(SPAN), SpanFields(), labelled=False).examples
    assert example.answers == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"context": " "}, "field 'context' is empty; give it a text"),
        ({"answers": "丙"}, "the answer '丙' does not stand in the context; correct it"),
        (
            {"answers": {"text": "甲", "answer_start": 0}},
            "the answer '甲' does not stand at character 0",
        ),
        ({"answers": []}, "field 'answers' holds no answer; give it one"),
        ({"answers": ""}, "field 'answers' holds an empty answer"),
        ({"answers": 3}, "field 'answers' must be an object, not int"),
        ({"question": None}, "field 'question' must be text"),
        ({"id": "0"}, "its id 0 stands twice"),
    ],
)
def test_unusable_span_is_refused(
    write_rows: WriteJson, change: dict[str, object], problem: str
) -> None:
    good = {**SPAN, "answers": "甲"}
    with pytest.raises(DataError, match=rf"rows\.json: line 2: {problem}"):
        read_own_spans(write_rows(good, {**good, **change}), SpanFields(), labelled=True)


@pytest.mark.parametrize(("form", "answer"), [("index", 1), ("letter", "B"), ("text", "b")])
def test_right_choice_is_given_by_index_letter_or_text(
    write_rows: WriteJson, form: Literal["index", "letter", "text"], answer: object
) -> None:
    path = write_rows({**CHOICE, "answer": answer, "id": "x"})
    fields = ChoiceFields(answer_form=form)
    (example,) = read_own_choices(path, fields, max_choices=4, labelled=True).examples
    assert example == ChoiceExample(0, "x", "甲", "谁？", ("a", "b", "c"), 1)


def test_context_and_question_can_be_left_out(write_rows: WriteJson) -> None:
    path = write_rows({"choices": ["a", "b"]})
    fields = ChoiceFields(context=None, question=None)
    (example,) = read_own_choices(path, fields, max_choices=2, labelled=False).examples
    assert (example.context, example.question, example.label) == ("", "", None)


def test_twenty_six_choices_can_be_told_apart_by_letter(write_rows: WriteJson) -> None:
    path = write_rows({**CHOICE, "choices": [str(n) for n in range(26)], "answer": "Z"})
    fields = ChoiceFields(answer_form="letter")
    (example,) = read_own_choices(path, fields, max_choices=26, labelled=True).examples
    assert example.label == 25


@pytest.mark.parametrize("count", [1, 27])
def test_task_takes_two_to_twenty_six_choices(write_rows: WriteJson, count: int) -> None:
    with pytest.raises(UsageError, match=f"allows {count} choices; it must be 2 to 26"):
        read_own_choices(write_rows(CHOICE), ChoiceFields(), max_choices=count, labelled=False)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"choices": ["a"]}, "has 1 choices; this task takes 2 to 3"),
        ({"choices": ["a", "b", "c", "d"]}, "has 4 choices; this task takes 2 to 3"),
        ({"answer": 3}, "the answer 3 is none of its 3 choices .given by index."),
        ({"answer": -1}, "the answer -1 is none of its 3 choices"),
        ({"answer": "b"}, "field 'answer' must be a whole number, not 'b'"),
        ({"answer": None}, "field 'answer' must be a whole number, not None"),
    ],
)
def test_unusable_choice_is_refused(
    write_rows: WriteJson, change: dict[str, object], problem: str
) -> None:
    path = write_rows({**CHOICE, "answer": 0, **change})
    with pytest.raises(DataError, match=f"line 1: {problem}"):
        read_own_choices(path, ChoiceFields(), max_choices=3, labelled=True)


def test_empty_file_is_refused(write_rows: WriteJson) -> None:
    with pytest.raises(DataError, match=r"rows\.json holds no rows"):
        read_own_spans(write_rows(), SpanFields(), labelled=False)
