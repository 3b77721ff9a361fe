from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading.chid import read_chid, read_chid_fewclue
from autoclue.tasks.reading.examples import BlankExample
from tests.golden.reading import recorded

WriteJson = Callable[..., Path]
TEN = [f"成语{number}" for number in range(10)]
SEVEN = TEN[:7]


def test_every_blank_is_an_example(write_rows: WriteJson, write_json: WriteJson) -> None:
    content = ["甲#idiom000003#乙#idiom000004#", "无", "#idiom000009#。"]
    path = write_rows({"content": content, "candidates": TEN})
    answers = {"#idiom000003#": 1, "#idiom000004#": 0, "#idiom000009#": 9}
    examples = read_chid(path, write_json(answers)).examples
    assert examples[1] == BlankExample(
        1, "#idiom000004#", 0, content[0], 15, candidates=tuple(TEN), label=0
    )
    assert [example.passage for example in examples] == [content[0], content[0], content[2]]
    assert [example.label for example in examples] == [1, 0, 9]


def test_test_file_has_no_labels(write_rows: WriteJson) -> None:
    examples = read_chid(write_rows(*recorded("feature_cases")["chid"]["test"])).examples
    assert [(example.group, example.label) for example in examples] == [(0, None)] * 2 + [
        (1, None)
    ]


def test_row_with_more_blanks_than_candidates_is_kept_and_named(write_rows: WriteJson) -> None:
    content = ["".join(f"#idiom{number:06d}#" for number in range(11))]
    path = write_rows({"content": content, "candidates": TEN})
    reading = read_chid(path)
    assert len(reading.examples) == 11
    assert f"{path}: line 1: has 11 blanks and 10 candidates" in str(reading.remarks[0])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"content": ["甲#idiom000001#"], "candidates": []}, "has 0 candidates, not 10"),
        ({"content": ["甲#idiom000001#"], "candidates": SEVEN}, "has 7 candidates, not 10"),
        ({"content": ["甲"], "candidates": ["", *TEN[1:]]}, "one of its candidates is empty"),
        ({"content": ["甲#idiom000001#"]}, "has no field 'candidates'; it has content"),
        ({"content": "甲", "candidates": TEN}, "field 'content' must be a list"),
        ({"content": ["甲#idiom000002#"], "candidates": TEN}, "has none for #idiom000002#"),
        (
            {"content": ["甲#idiom000005#"], "candidates": TEN},
            "the answer is 10; it must be from 0",
        ),
    ],
)
def test_unusable_row_is_refused(
    write_rows: WriteJson, write_json: WriteJson, row: object, problem: str
) -> None:
    answers = write_json({"#idiom000001#": 1, "#idiom000005#": 10}, "answers.json")
    good = {"content": ["#idiom000001#"], "candidates": TEN}
    with pytest.raises(DataError, match=f"line 2: .*{problem}"):
        read_chid(write_rows(good, row), answers)


def test_file_without_blanks_is_refused(write_rows: WriteJson) -> None:
    with pytest.raises(DataError, match="holds no blanks"):
        read_chid(write_rows({"content": ["甲"], "candidates": TEN}))


def test_line_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    path.write_text("oops\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"train\.json:1: is not valid JSON"):
        read_chid(path)


def test_fewclue_row_becomes_a_passage_with_a_numbered_blank(write_rows: WriteJson) -> None:
    row = {"id": 7, "content": "甲#idiom#乙", "candidates": SEVEN, "answer": 2}
    (example,) = read_chid_fewclue(write_rows(row)).examples
    assert example == BlankExample(
        0, "7", 0, "甲#idiom000000#乙", 1, candidates=tuple(SEVEN), label=2
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"content": "甲"}, "must have one blank #idiom#, not 0"),
        ({"content": "#idiom##idiom#"}, "must have one blank #idiom#, not 2"),
        ({"candidates": TEN}, "has 10 candidates, not 7"),
        ({"answer": 7}, "the answer is 7; it must be from 0 to 6"),
        ({"answer": "2"}, "field 'answer' must be a whole number, not '2'"),
    ],
)
def test_unusable_fewclue_row_is_refused(
    write_rows: WriteJson, change: dict[str, object], problem: str
) -> None:
    row = {"id": 7, "content": "甲#idiom#乙", "candidates": SEVEN, "answer": 2, **change}
    with pytest.raises(DataError, match=f"line 1: {problem}"):
        read_chid_fewclue(write_rows(row))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "count"), [("train_few_all", 202), ("dev_few_all", 202), ("test_public", 2002)]
)
def test_publishers_files_are_read(shared_data: Path, name: str, count: int) -> None:
    path = shared_data / "chid_fewclue" / f"{name}.json"
    assert len(read_chid_fewclue(path).examples) == count
