from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading.cmrc2018 import read_cmrc2018
from autoclue.tasks.reading.examples import Answer
from tests.golden.reading import recorded

WriteJson = Callable[..., Path]


def squad(context: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"data": [{"paragraphs": [{"context": context, "qas": list(questions)}]}]}


def question(key: str = "Q1", text: str = "谁？", *answers: tuple[str, int]) -> dict[str, Any]:
    given = [{"text": answer, "answer_start": start} for answer, start in answers]
    return {"id": key, "question": text, "answers": given}


def test_texts_lose_white_space_at_both_ends(write_json: WriteJson) -> None:
    path = write_json(squad(" 甲乙丙\n", question("Q1", " 谁？ ", (" 乙", 1))))
    (example,) = read_cmrc2018(path).examples
    assert (example.context, example.question) == ("甲乙丙", "谁？")
    assert example.answers == (Answer("乙", 1),)


def test_every_recorded_question_is_read_in_order(write_json: WriteJson) -> None:
    path = write_json(recorded("feature_cases")["cmrc2018"]["file"])
    examples = read_cmrc2018(path).examples
    assert [example.id for example in examples] == [f"OWN_{row}" for row in range(10)]
    assert [example.row for example in examples] == list(range(10))


@pytest.mark.parametrize(
    ("answer", "flaw"),
    [
        (("丁", 0), "answer 1 '丁' stands nowhere in the context, not at 0"),
        (("丙", 0), "answer 1 '丙' stands elsewhere in the context, not at 0"),
        (("丙", -1), "answer 1 '丙' stands elsewhere in the context, not at -1"),
    ],
)
def test_misaligned_answer_is_kept_and_named(
    write_json: WriteJson, answer: tuple[str, int], flaw: str
) -> None:
    path = write_json(squad("甲乙丙", question("Q1", "谁？", answer)))
    reading = read_cmrc2018(path)
    assert reading.examples[0].answers == (Answer(*answer),)
    assert f"{path}: question 1 (Q1): {flaw}" in str(reading.remarks[0])


def test_answers_of_an_unlabelled_file_are_not_looked_at(write_json: WriteJson) -> None:
    path = write_json(
        squad("甲乙丙", question("Q1", "谁？", ("FAKE", -1)), {"id": "Q2", "question": "?"})
    )
    reading = read_cmrc2018(path, labelled=False)
    assert len(reading.examples) == 2
    assert reading.remarks == ()


@pytest.mark.parametrize(
    ("context", "text", "flaw"),
    [("  ", "谁？", "the context is empty"), ("甲乙", "", "the question is empty")],
)
def test_empty_text_is_kept_and_named(
    write_json: WriteJson, context: str, text: str, flaw: str
) -> None:
    reading = read_cmrc2018(write_json(squad(context, question("Q1", text, ("甲", 0)))))
    assert flaw in str(reading.remarks[0])


def test_question_without_answer_is_refused(write_json: WriteJson) -> None:
    path = write_json(squad("甲乙", question("Q1")))
    with pytest.raises(DataError, match=r"question 1 \(Q1\): has no answer; add one"):
        read_cmrc2018(path)


def test_id_that_stands_twice_is_refused(write_json: WriteJson) -> None:
    path = write_json(
        squad("甲乙", question("Q1", "?", ("甲", 0)), question("Q1", "?", ("乙", 1)))
    )
    with pytest.raises(DataError, match=r"question 2 \(Q1\): its id stands twice"):
        read_cmrc2018(path)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "the file: it must be an object, not list"),
        ({"data": [{}]}, "entry 1: has no field 'paragraphs'"),
        ({"data": []}, "holds no questions"),
        (squad("甲", {"question": "?"}), "question 1: has no field 'id'; it has question"),
        (squad("甲", {"id": 1, "question": 2}), "question 1 .1.: has no field 'answers'"),
    ],
)
def test_other_layout_is_refused(write_json: WriteJson, document: object, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_cmrc2018(write_json(document))


def test_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    path.write_text('{"data":\n oops}', encoding="utf-8")
    with pytest.raises(DataError, match=r"train\.json:2: is not valid JSON"):
        read_cmrc2018(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Can't read .*none\.json: No such file"):
        read_cmrc2018(tmp_path / "none.json")


@pytest.mark.shared_data
@pytest.mark.parametrize(("split", "count"), [("train", 10142), ("dev", 3219), ("test", 2000)])
def test_publishers_files_are_read(shared_data: Path, split: str, count: int) -> None:
    path = shared_data / "cmrc2018" / f"{split}.json"
    assert len(read_cmrc2018(path, labelled=split != "test").examples) == count
