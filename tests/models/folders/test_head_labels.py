"""Which labels a fine-tuned head stands for, and when it may be kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models.folders import check_kept_head, head_labels

LABELS = ("0", "1", "2")


def write(folder: Path, name: str, content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "labels"),
    [
        ({"autoclue.json": {"labels": ["a", "b"]}}, ("a", "b")),
        ({"autoclue.json": {"labels": []}}, ()),
        ({"labels.txt": "a\n\n b \n", "config.json": {"id2label": {"0": "x"}}}, ("a", "b")),
        ({"config.json": {"id2label": {"1": "b", "0": "a"}}}, ("a", "b")),
        ({"config.json": {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}}, None),
        ({"config.json": {"id2label": {"0": "a", "2": "b"}}}, None),
        ({"config.json": {}}, None),
        ({}, None),
    ],
)
def test_labels_are_read_from_what_says_them(
    tmp_path: Path, files: dict[str, object], labels: tuple[str, ...] | None
) -> None:
    for name, content in files.items():
        write(tmp_path, name, content)
    assert head_labels(tmp_path) == labels


def test_a_head_for_the_same_labels_in_their_order_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "labels.txt", "0\n1\n2\n")
    assert check_kept_head(tmp_path, LABELS, model="m") == "its head is kept (0, 1, 2)"


def test_another_order_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "labels.txt", "2\n1\n0\n")
    with pytest.raises(UsageError, match=r"stands for 2, 1, 0, but the task's labels are 0, 1, 2"):
        check_kept_head(tmp_path, LABELS, model="m")


def test_labels_that_nothing_says_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"write them into .*labels\.txt, one a line"):
        check_kept_head(tmp_path, LABELS, model="m")


def test_a_model_that_is_no_folder_has_no_head_to_keep() -> None:
    with pytest.raises(UsageError, match=r"needs the folder of a model .* 'builtin' is none"):
        check_kept_head(None, LABELS, model="builtin")
