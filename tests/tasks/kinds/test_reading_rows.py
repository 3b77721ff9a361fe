"""Reading tasks take files, split them and leave bad rows out as classification does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import TaskData, load_task, open_data
from autoclue.training.data import check_data

SPANS = "kind: span_extraction\nformat: jsonl\n"
SQUAD = "kind: span_extraction\nformat: squad\n"
CHOICES = "kind: multiple_choice\nformat: json\nchoices: 2\nfields: {answer_form: text}\n"
C3 = "kind: multiple_choice\nformat: c3\nchoices: 4\n"
ONE_FILE = "files: {train: t.json}\nsplit: {dev: 0.25}\n"
TWO_FILES = "files: {train: t.json, dev: d.json}\n"


def span(number: int, answer: str = "乙") -> dict[str, Any]:
    return {
        "id": str(number),
        "context": f"甲乙{number // 2}",
        "question": "谁",
        "answers": answer,
    }


def choice(number: int, answer: str = "甲") -> dict[str, Any]:
    asked = {"context": f"丙{number}", "question": "谁", "choices": ["甲", "乙"]}
    return {"id": str(number), **asked, "answer": answer}


def squad(*contexts: str) -> dict[str, Any]:
    """One question about each text, whose answer is its second character."""
    return {
        "data": [
            {"paragraphs": [{"context": context, "qas": [question(n, context)]}]}
            for n, context in enumerate(contexts)
        ]
    }


def question(number: int, context: str) -> dict[str, Any]:
    answers = [{"text": context[1:2], "answer_start": 1}]
    return {"id": f"q{number}", "question": "谁", "answers": answers}


def entry(answer: str, text: str = "甲乙") -> list[Any]:
    return [[text], [{"question": "谁", "choice": ["甲", "乙"], "answer": answer}]]


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def data_of(folder: Path, keys: str, *texts: str, encoding: str = "utf-8") -> TaskData:
    (folder / "own.yaml").write_text(f"name: own\n{keys}", encoding="utf-8")
    for name, text in zip(("t.json", "d.json"), texts, strict=False):
        (folder / name).write_bytes(text.encode(encoding))
    return open_data(load_task(str(folder / "own.yaml")), "download")


def test_one_file_is_cut_and_no_text_is_asked_about_in_two_parts(tmp_path: Path) -> None:
    data = data_of(tmp_path, SPANS + ONE_FILE, lines(*map(span, range(40))))
    train, dev = ({e.context for e in data.examples(part)} for part in ("train", "dev"))
    assert (len(train), len(dev), len(train & dev)) == (15, 5, 0)


def test_one_document_is_cut_too(tmp_path: Path) -> None:
    data = data_of(tmp_path, SQUAD + ONE_FILE, json.dumps(squad(*["甲乙丙丁", "天地人和"])))
    assert [len(data.examples(part)) for part in ("train", "dev")] == [1, 1]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (SPANS + ONE_FILE, lines(*map(span, range(8)))),
        (CHOICES + ONE_FILE, json.dumps([choice(n) for n in range(8)], ensure_ascii=False)),
        (SQUAD + ONE_FILE, json.dumps(squad("甲乙", "天地"), ensure_ascii=False)),
        (C3 + ONE_FILE, json.dumps([entry("甲", f"丙{n}") for n in range(8)], ensure_ascii=False)),
    ],
)
def test_gbk_files_are_read_and_without_the_key_it_is_named(
    tmp_path: Path, keys: str, text: str
) -> None:
    here = data_of(tmp_path, f"{keys}encoding: gb18030\n", text, encoding="gb18030")
    assert here.examples("train")
    without = data_of(tmp_path, keys, text, encoding="gb18030")
    with pytest.raises(DataError, match=r"is not UTF-8 text.* encoding: gb18030 into the task"):
        without.examples("train")


BAD = [
    (SPANS, lines(span(0), span(1, "丙"), [1], span(1, "丙"), span(2)), 3, "line 2: the answer"),
    (CHOICES, json.dumps([choice(0), choice(1, "丁"), 5]), 2, "row 2: the answer"),
    (SQUAD, json.dumps(squad("甲乙", "天")), 1, r"question 2 \(q1\): has no answer"),
    (C3, json.dumps([entry("甲"), entry("丁"), [1]]), 2, "entry 2, question 1: the answer"),
]


@pytest.mark.parametrize(("keys", "text", "count", "first"), BAD)
def test_bad_rows_stop_or_are_counted_and_left_out(
    tmp_path: Path, keys: str, text: str, count: int, first: str
) -> None:
    stops = data_of(tmp_path, keys + TWO_FILES, text, text)
    assert len(stops.bad_rows("train")) == count
    with pytest.raises(DataError, match=rf"t\.json: {first}"):
        stops.examples("train")
    skips = data_of(tmp_path, f"{keys}{TWO_FILES}on_bad_row: skip\n", text, text)
    assert len(skips.examples("train")) >= 1
    assert len(skips.left_out) == 2 * count
    assert "0" in {str(example.row) for example in skips.examples("train")}


def test_a_row_after_a_bad_one_keeps_its_number(tmp_path: Path) -> None:
    text = lines(span(0), span(1, "丙"), span(2))
    skips = data_of(tmp_path, f"{SPANS}{TWO_FILES}on_bad_row: skip\n", text, text)
    assert [example.row for example in skips.examples("train")] == [0, 2]


def test_an_error_counts_the_other_bad_rows_of_a_reading_task(tmp_path: Path) -> None:
    text = lines(span(0, "丙"), span(1, "丙"), span(2))
    data = data_of(tmp_path, SPANS + TWO_FILES, text, text)
    with pytest.raises(DataError, match=r"\(1 more row is bad too: .*on_bad_row: skip"):
        data.examples("train")


def test_a_file_without_a_usable_question_is_refused(tmp_path: Path) -> None:
    text = lines(span(0, "丙"))
    data = data_of(tmp_path, f"{SPANS}{TWO_FILES}on_bad_row: skip\n", text, text)
    with pytest.raises(DataError, match="no rows that own can use for train; all 1 are bad"):
        data.examples("train")


def test_the_check_lists_all_bad_rows_and_texts_in_two_parts(tmp_path: Path) -> None:
    train, dev = lines(*map(span, range(6)), span(9, "丙")), lines(span(0), span(8))
    data_of(tmp_path, SPANS + TWO_FILES, train, dev)
    check = check_data(str(tmp_path / "own.yaml"))
    assert check.stops
    assert [part.rows for part in check.facts.splits] == [6, 2]
    assert "line 7: the answer '丙' does not stand in the context" in check.bad_rows[0]
    assert [each.rows for each in check.facts.overlaps] == [1]


def test_packed_files_and_answers_as_hugging_face_keeps_them(tmp_path: Path) -> None:
    answers = {"text": ["乙", "甲"], "answer_start": [1, 0]}
    packed = gzip.compress(lines({**span(0), "answers": answers}).encode())
    (tmp_path / "t.json.gz").write_bytes(packed)
    data = data_of(tmp_path, SPANS + "files: {train: t.json.gz, dev: t.json.gz}\n")
    (example,) = data.examples("train")
    assert [(each.text, each.start) for each in example.answers] == [("乙", 1), ("甲", 0)]
    uneven = lines({**span(0), "answers": {"text": ["乙"], "answer_start": []}})
    with pytest.raises(DataError, match="holds 1 texts, but not as many places"):
        data_of(tmp_path, SPANS + TWO_FILES, uneven, uneven).examples("train")


def test_keys_that_do_not_belong_to_a_layout_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fields: belongs to rows of one's own, not to format sq"):
        data_of(tmp_path, f"{SQUAD}{TWO_FILES}fields: {{context: text}}\n")
    parquet = SPANS.replace("jsonl", "parquet")
    with pytest.raises(UsageError, match="encoding: doesn't belong to format parquet"):
        data_of(tmp_path, f"{parquet}{TWO_FILES}encoding: gbk\n")
    with pytest.raises(UsageError, match="no encoding is called 'klingon'"):
        data_of(tmp_path, f"{SPANS}{TWO_FILES}encoding: klingon\n")
