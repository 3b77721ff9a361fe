from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading.c3 import read_c3
from autoclue.tasks.reading.examples import ChoiceExample
from tests.golden.reading import recorded

WriteJson = Callable[..., Path]


def entry(
    choices: list[str], answer: str, turns: tuple[str, ...] = ("甲：A。", "乙：B。")
) -> object:
    return [list(turns), [{"question": "谁X？", "choice": choices, "answer": answer}], "9-1"]


def test_turns_are_joined_and_everything_is_lower_case(write_json: WriteJson) -> None:
    (example,) = read_c3([write_json([entry(["A", "B"], "B")])]).examples
    assert example == ChoiceExample(0, "9-1/1", "甲：a。\n乙：b。", "谁x？", ("a", "b"), 1)


def test_files_are_joined_in_the_given_order(write_json: WriteJson) -> None:
    files = recorded("feature_cases")["c3"]
    paths = [write_json(files[name], f"{name}.json") for name in ("d_train", "m_train")]
    examples = read_c3(paths).examples
    assert [example.id for example in examples] == [
        *("own-1/1", "own-2/1", "own-2/2", "own-3/1", "own-4/1", "own-5/1", "own-6/1")
    ]
    assert [example.row for example in examples] == list(range(7))


def test_only_the_first_four_choices_are_read(write_json: WriteJson) -> None:
    path = write_json([entry(["a", "b", "c", "d", "e"], "d")])
    reading = read_c3([path])
    assert reading.examples[0].choices == ("a", "b", "c", "d")
    assert str(reading.remarks[0]) == (
        f"{path}: entry 1, question 1: has 5 choices; only the first 4 are read"
    )


def test_answer_behind_the_fourth_choice_is_refused(write_json: WriteJson) -> None:
    path = write_json([entry(["a", "b", "c", "d", "e"], "e")])
    with pytest.raises(
        DataError, match="entry 1, question 1: the answer 'e' is none of its first"
    ):
        read_c3([path])


def test_first_of_equal_choices_is_the_answer(write_json: WriteJson) -> None:
    reading = read_c3([write_json([entry(["b", "a", "A"], "A")])])
    assert reading.examples[0].label == 1
    assert "two of its choices are equal" in str(reading.remarks[0])


def test_empty_text_is_kept_and_named(write_json: WriteJson) -> None:
    reading = read_c3([write_json([entry(["a", "b"], "a", turns=(" ",))])])
    assert "the text is empty" in str(reading.remarks[0])


def test_test_questions_have_their_own_ids_and_no_label(write_json: WriteJson) -> None:
    path = write_json(recorded("feature_cases")["c3"]["test"])
    examples = read_c3([path], labelled=False).examples
    assert [(example.id, example.label) for example in examples] == [("0", None), ("1", None)]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({}, "the file: it must be a list, not dict"),
        ([[]], "entry 1: must be .turns, questions, id., not a list of 0"),
        ([[["甲"], [{"choice": []}]]], "entry 1, question 1: has no choices"),
        ([[["甲"], [{"choice": [1]}]]], "field 'choice' must hold texts only"),
        ([entry(["a", "b"], "c")], "the answer 'c' is none"),
        ([], "hold no questions"),
    ],
)
def test_unusable_file_is_refused(write_json: WriteJson, entries: object, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_c3([write_json(entries)])


@pytest.mark.shared_data
@pytest.mark.parametrize(("split", "count"), [("train", 11869), ("dev", 3816)])
def test_publishers_files_are_read(shared_data: Path, split: str, count: int) -> None:
    paths = [shared_data / "c3" / f"{kind}-{split}.json" for kind in "dm"]
    assert len(read_c3(paths).examples) == count


@pytest.mark.shared_data
def test_publishers_test_file_is_read(shared_data: Path) -> None:
    reading = read_c3([shared_data / "c3" / "test1.1.json"], labelled=False)
    assert [example.id for example in reading.examples] == [str(row) for row in range(1625)]
    assert len([remark for remark in reading.remarks if "only the first 4" in remark.flaw]) == 6
