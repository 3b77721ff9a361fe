"""Rows with several labels, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import TaskData, find_kind, load_task, new_task, open_data

TASK = """
name: tags
kind: multi_label
format: FORMAT
files: {train: rows, dev: rows}
input: {kind: single, text: text}
label_field: tags
"""


def tagged(folder: Path, content: str, form: str = "jsonl", more: str = "") -> TaskData:
    """Write rows and open a task of several labels on them."""
    (folder / "rows").write_text(content, encoding="utf-8")
    (folder / "task.yaml").write_text(TASK.replace("FORMAT", form) + more, encoding="utf-8")
    return open_data(load_task(str(folder / "task.yaml")), "download")


ROWS = [("好吃", ["味道", "价格"]), ("贵", ["价格"]), ("路过", []), ("香", ["味道", "味道"])]


def test_lists_of_labels_become_indices(tmp_path: Path) -> None:
    lines = [json.dumps({"text": text, "tags": tags}) for text, tags in ROWS]
    data = tagged(tmp_path, "\n".join(lines))
    assert data.spec.output_labels == ("价格", "味道")
    examples = data.examples("train")
    assert [each.labels for each in examples] == [(0, 1), (0,), (), (1,)]
    assert find_kind("multi_label").strata(examples) == [2, 1, 0, 3]


def test_labels_may_stand_in_one_text(tmp_path: Path) -> None:
    lines = ["text\ttags", *(f"{text}\t{'|'.join(tags)}" for text, tags in ROWS)]
    more = 'header: true\nlabel_separator: "|"\nlabels: [味道, 价格]\n'
    data = tagged(tmp_path, "\n".join(lines), "tsv", more)
    assert [each.labels for each in data.examples("dev")] == [(0, 1), (1,), (), (0,)]


def test_an_unknown_label_among_several_is_named(tmp_path: Path) -> None:
    data = tagged(tmp_path, '{"text": "好", "tags": ["a", "c"]}', more="labels: [a, b]\n")
    with pytest.raises(DataError, match=r":1: label 'c' is unknown; the labels are a, b"):
        data.examples("train")


@pytest.mark.parametrize("metric", ["accuracy", "cmrc2018"])
def test_a_metric_of_another_kind_is_refused(tmp_path: Path, metric: str) -> None:
    with pytest.raises(UsageError, match=r"doesn't fit this kind; it takes multi_label, multi_"):
        tagged(tmp_path, "", more=f"labels: [a, b]\nmetric: {metric}\n")


def test_a_column_of_lists_is_drafted_as_several_labels(tmp_path: Path) -> None:
    rows = [{"text": f"这是第{n}条评论", "tags": ["a"] if n % 2 else ["a", "b"]} for n in range(9)]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    spec = load_task(str(new_task(tmp_path / "rows.json")))
    assert (spec.kind, spec.metric, spec.output_labels) == (
        "multi_label",
        "multi_label",
        ("a", "b"),
    )
