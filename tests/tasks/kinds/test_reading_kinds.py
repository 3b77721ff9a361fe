"""Reading tasks by YAML alone: the publishers' layouts, and rows of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import KINDS, ChoiceSpec, ClozeSpec, flaw_words, load_task, open_data

FILES = "files: {train: t.json, dev: t.json, test: x.json}\n"
SPANS = "kind: span_extraction\nformat: jsonl\nfields: {context: text, answers: right}\n"
CHOICES = (
    "kind: multiple_choice\nformat: jsonl\nchoices: {most}\n"
    "fields: {{context: null, question: q, choices: c, answer: a, answer_form: letter}}\n"
)


def write(folder: Path, keys: str, row: dict[str, object]) -> str:
    (folder / "own.yaml").write_text(f"name: own\n{FILES}{keys}", encoding="utf-8")
    (folder / "t.json").write_text(json.dumps(row), encoding="utf-8")
    return str(folder / "own.yaml")


def test_spans_of_ones_own_are_found_in_their_text(tmp_path: Path) -> None:
    row: dict[str, object] = {"text": "天地人", "question": "谁", "right": ["人"]}
    spec = load_task(write(tmp_path, SPANS, row))
    (example,) = open_data(spec, "download").examples("dev")
    assert (example.answers[0].start, spec.metric) == (2, "cmrc2018")


@pytest.mark.parametrize(("most", "letter"), [(2, "B"), (26, "Z")])
def test_two_to_twenty_six_choices_of_ones_own(tmp_path: Path, most: int, letter: str) -> None:
    row: dict[str, object] = {"q": "谁", "c": [str(i) for i in range(most)], "a": letter}
    spec = ChoiceSpec.of(load_task(write(tmp_path, CHOICES.format(most=most), row)))
    (example,) = open_data(spec, "download").examples("train")
    assert example.label == most - 1


@pytest.mark.parametrize("most", [1, 27])
def test_fewer_or_more_choices_are_refused(tmp_path: Path, most: int) -> None:
    with pytest.raises(UsageError, match="choices"):
        load_task(write(tmp_path, CHOICES.format(most=most), {}))


def test_an_unknown_name_among_the_fields_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="contxt"):
        load_task(write(tmp_path, SPANS.replace("context", "contxt"), {}))


def test_c3_reads_the_dialogues_and_then_the_mixed_texts(tmp_path: Path) -> None:
    for name in ("d-train", "d-dev", "m-train", "m-dev"):
        entry = [["天"], [{"question": name, "choice": ["a", "b"], "answer": "b"}], name]
        (tmp_path / f"{name}.json").write_text(json.dumps([entry]), encoding="utf-8")
    data = open_data(load_task("c3"), str(tmp_path))
    assert [example.question for example in data.examples("dev")] == ["d-dev", "m-dev"]
    before = data.fingerprint
    (tmp_path / "m-dev.json").write_text(json.dumps([entry, entry]), encoding="utf-8")
    assert data.fingerprint != before


def test_a_missing_second_file_is_named(tmp_path: Path) -> None:
    for name in ("d-train", "d-dev"):
        (tmp_path / f"{name}.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match=r"needs the file m-dev\.json beside it"):
        open_data(load_task("c3"), str(tmp_path)).examples("dev")


def test_chid_has_ten_candidates_in_clues_form_and_seven_in_fewclues() -> None:
    specs = (ClozeSpec.of(load_task(name)) for name in ("chid", "chid_fewclue"))
    assert [spec.choices for spec in specs] == [10, 7]


def test_answers_of_test_rows_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    row: dict[str, object] = {"id": "q", "text": "天地人", "question": "谁", "right": "人"}
    spec = load_task(write(tmp_path, SPANS, row))
    del row["right"]
    (tmp_path / "x.json").write_text(json.dumps(row), encoding="utf-8")
    data = open_data(spec, "download")
    assert "test" not in data.scored_splits
    (tmp_path / "x_labels.json").write_text(json.dumps({"q": "地人"}), encoding="utf-8")
    assert "test" in data.scored_splits
    (example,) = data.examples("test")
    assert [(answer.text, answer.start) for answer in example.answers] == [("地人", 1)]


def test_labels_in_a_file_of_their_own_are_refused_where_none_are_read(tmp_path: Path) -> None:
    spec = load_task("chid_fewclue")
    with pytest.raises(DataError, match="can't read; put each answer into its row"):
        KINDS["cloze"].read(spec, "test", tmp_path / "a.json", labels=tmp_path / "b.json")


def test_flaws_that_stop_nothing_are_counted_by_file_and_the_first_is_told(tmp_path: Path) -> None:
    entry = [["x"], [{"question": "谁", "choice": ["天", "天", "人"], "answer": "天"}], "1"]
    for name, count in {"d-train": 2, "m-train": 0, "d-dev": 1, "m-dev": 0}.items():
        rows = json.dumps([[*entry[:2], f"{name}{number}"] for number in range(count)])
        (tmp_path / f"{name}.json").write_text(rows, encoding="utf-8")
    words = flaw_words(open_data(load_task("c3"), str(tmp_path)).remarks())
    assert words is not None
    assert words.startswith("2 in d-train.json, 1 in d-dev.json, read all the same; the first: ")
    assert "two of its choices are equal" in words


def test_data_without_flaws_is_not_spoken_of() -> None:
    assert flaw_words(open_data(load_task("cmrc2018"), "builtin:50").remarks()) is None
