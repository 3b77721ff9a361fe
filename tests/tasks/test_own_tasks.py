from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import TextExample, load_task, open_data

JSONL = """
name: reviews
format: jsonl
files: {train: train.jsonl, dev: dev.jsonl}
input: {kind: single, text: review}
label_field: stars
labels: [1, 2]
"""
TSV = """
name: questions
format: tsv
header: true
files: {train: rows/train.tsv, dev: rows/dev.tsv}
input: {kind: pair, text: q1, text_pair: q2}
label_field: same
labels: ["no", "yes"]
"""


def own_jsonl(folder: Path) -> str:
    """Write a task in JSON lines beside its rows."""
    for split in ("train", "dev"):
        row = '{"review": "很好", "stars": 2}\n'
        (folder / f"{split}.jsonl").write_text(row, encoding="utf-8")
    (folder / "reviews.yaml").write_text(JSONL, encoding="utf-8")
    return str(folder / "reviews.yaml")


def test_a_task_in_json_lines_finds_its_files_beside_it(tmp_path: Path) -> None:
    data = open_data(load_task(own_jsonl(tmp_path)), "download")
    assert data.examples("dev") == [TextExample(0, "0", "很好", None, 1)]


def test_a_task_in_json_lines_finds_its_files_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    task = own_jsonl(tmp_path / "elsewhere")
    (tmp_path / "moved.yaml").write_bytes(Path(task).read_bytes())
    data = open_data(load_task(str(tmp_path / "moved.yaml")), str(tmp_path / "elsewhere"))
    assert data.path("train") == tmp_path / "elsewhere" / "train.jsonl"


def test_a_task_in_tsv_reads_its_own_subfolder(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    for split in ("train", "dev"):
        text = "same\tq1\tq2\nyes\t几点\t什么时候\n"
        (tmp_path / "rows" / f"{split}.tsv").write_text(text, encoding="utf-8")
    (tmp_path / "questions.yaml").write_text(TSV, encoding="utf-8")
    data = open_data(load_task(str(tmp_path / "questions.yaml")), "download")
    assert data.examples("train") == [TextExample(0, "0", "几点", "什么时候", 1)]


def test_a_users_own_xnli_has_no_builtin_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(JSONL.replace("reviews", "xnli"), encoding="utf-8")
    with pytest.raises(UsageError, match="not for a task of your own such as xnli"):
        open_data(load_task(str(path)), "builtin")
