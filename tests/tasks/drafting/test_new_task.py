"""A look at data gives the file of a task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from autoclue.errors import FolderError, UsageError
from autoclue.tasks import load_task, new_task, open_data

TEXTS = [f"这是第{n}条评论，味道{'很好' if n % 2 else '很差'}" for n in range(20)]


def drafted(path: Path, content: str, **given: str) -> dict[str, object]:
    """Write a file and read the task's file that is made of it."""
    path.write_text(content, encoding="utf-8")
    written = new_task(path, out=path.parent / "task.yaml", **given)  # type: ignore[arg-type]
    found: dict[str, object] = yaml.safe_load(written.read_text(encoding="utf-8"))
    return found


def lines(pattern: str, header: str = "") -> str:
    rows = [pattern.format(n=n, text=text, label=n % 2) for n, text in enumerate(TEXTS)]
    return "".join(f"{row}\n" for row in [header, *rows] if row)


@pytest.mark.parametrize(
    ("name", "content", "keys"),
    [
        (
            "waimai.csv",
            lines("{label},{text}", "label,review"),
            {"format": "csv", "header": True, "label_field": "label"},
        ),
        (
            "toutiao.txt",
            lines("{n}_!_{label}_!_{text}"),
            {"format": "tsv", "delimiter": "_!_", "label_field": "column2"},
        ),
        (
            "r.csv",
            lines("{text};{label}", "text;stars"),
            {"format": "csv", "delimiter": ";", "label_field": "stars"},
        ),
        (
            "r.json",
            json.dumps([{"s": text, "label": n % 2} for n, text in enumerate(TEXTS)]),
            {"format": "json", "label_field": "label"},
        ),
        (
            "r.json",
            lines('{{"id": "{n}", "sentence": "{text}", "label": "{label}"}}'),
            {"format": "jsonl", "input": {"kind": "single", "text": "sentence"}},
        ),
        (
            "pairs.tsv",
            lines("{text}\t{text}吗\t{label}", "sentence1\tsentence2\tlabel"),
            {"input": {"kind": "pair", "text": "sentence1", "text_pair": "sentence2"}},
        ),
        (
            "pairs.tsv",
            lines("{text}\t{text}吗\t{label}"),
            {"input": {"kind": "pair", "text": "column1", "text_pair": "column2"}},
        ),
    ],
)
def test_form_columns_and_labels_are_found(
    tmp_path: Path, name: str, content: str, keys: dict[str, object]
) -> None:
    found = drafted(tmp_path / name, content)
    assert {key: found.get(key) for key in keys} == keys
    assert found["labels"] == ["0", "1"]
    assert found["split"] == {"dev": 0.1, "test": 0.1, "seed": 42, "stratify": True}
    assert found["recipe"] == {"max_length_tokens": 32} or name == "pairs.tsv"


def test_a_folder_of_three_files_needs_no_split(tmp_path: Path) -> None:
    for name in ("train.tsv", "valid.tsv", "test.tsv"):
        (tmp_path / name).write_text(lines("{text}\t{label}", "text\tlabel"), encoding="utf-8")
    written = new_task(tmp_path)
    spec = load_task(str(written))
    assert written.parent == tmp_path
    assert spec.files == {"train": ("train.tsv",), "dev": ("valid.tsv",), "test": ("test.tsv",)}
    assert spec.labelled_splits == ("train", "dev", "test")
    assert [each.label for each in open_data(spec, "download").examples("dev")][:2] == [0, 1]


def test_columns_can_be_named_instead(tmp_path: Path) -> None:
    content = lines("{label}\t{text}\t{n}", "a\tb\tlabel")
    found = drafted(tmp_path / "r.tsv", content, label="a", text="b")
    assert (found["label_field"], found["input"]) == ("a", {"kind": "single", "text": "b"})


def test_each_guess_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(lines("{label},{text}", "label,text"), encoding="gb18030")
    text = new_task(tmp_path / "r.csv").read_text(encoding="utf-8")
    assert "encoding: gb18030                # not every file is UTF-8, and this fits" in text
    assert "# the first line names the columns" in text


@pytest.mark.parametrize(
    ("content", "given", "told"),
    [
        ("just text\nand more\n", {}, "can't be cut into columns"),
        (lines("{text}\t{text}吗"), {}, "No column looks like a label: .* Name one with --label"),
        (lines("{n}\t{label}", "id\tlabel"), {}, "No column looks like a text"),
        (lines("{text}\t{label}"), {"text": "x"}, "There is no column 'x'; there is column1"),
    ],
)
def test_what_can_not_be_guessed_is_asked_for(
    tmp_path: Path, content: str, given: dict[str, str], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        drafted(tmp_path / "r.tsv", content, **given)


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    content = lines("{text}\t{label}")
    drafted(tmp_path / "r.tsv", content)
    with pytest.raises(UsageError, match="is there already; give --force to replace it"):
        drafted(tmp_path / "r.tsv", content)


def test_a_folder_without_a_training_file_is_told(tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_text(lines("{text}\t{label}"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"isn't clear which file .* there is a\.tsv, b\.tsv"):
        new_task(tmp_path)


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(lines("{label},{text}", "label,review"), encoding="utf-8")
    (tmp_path / "taken").write_text("")
    told = r"The task's file mine\.yaml can't be written to .*taken: "
    with pytest.raises(FolderError, match=told):
        new_task(str(rows), out=str(tmp_path / "taken" / "mine.yaml"))


@pytest.mark.parametrize("label", ["²", "9" * 5000])
def test_labels_that_only_look_like_numbers_are_names(tmp_path: Path, label: str) -> None:
    rows = lines("{label},{text}", "label,review").replace("1,", f"{label},")
    found = drafted(tmp_path / "r.csv", rows, label="label")
    assert {str(each) for each in found["labels"]} == {"0", label}  # type: ignore[attr-defined]


def test_labels_that_no_file_can_hold_are_refused(tmp_path: Path) -> None:
    rows = [f'{{"text": "{text}", "label": "\\ud80{n % 2}"}}' for n, text in enumerate(TEXTS)]
    with pytest.raises(UsageError, match=r"train\.json has a zero or half a character in it"):
        drafted(tmp_path / "train.json", "\n".join(rows))
    assert not (tmp_path / "task.yaml").exists()
