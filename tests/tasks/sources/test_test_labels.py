"""Test parts: labels in the rows, labels in a file beside them, or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import ClassificationSpec, TaskData, load_task, open_data, read_split
from autoclue.tasks.kinds.classification.reader import read_labels

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
ROWS = ({"id": 7, "a": "左", "b": "右"}, {"id": 3, "a": "上", "b": "下"})
LABELS = ({"id": 3, "label": "yes"}, {"id": 7, "label": "no"})


@pytest.fixture
def data(make_spec: MakeSpec, write_rows: WriteRows, tmp_path: Path) -> TaskData:
    """A task with an unlabelled test part."""
    for split in ("train", "dev"):
        write_rows({"a": "左", "b": "右", "label": "yes"}, name=f"{split}.json")
    write_rows(*ROWS, name="test.json")
    return open_data(make_spec(), str(tmp_path))


def test_a_test_part_without_labels_is_read_but_not_scored(data: TaskData) -> None:
    assert data.scored_splits == ("train", "dev")
    assert [e.label for e in data.examples("test")] == [None, None]


def test_labels_beside_a_test_part_are_joined_by_id(data: TaskData, write_rows: WriteRows) -> None:
    write_rows(*LABELS, name="test_labels.json")
    assert data.scored_splits == ("train", "dev", "test")
    assert [e.label for e in data.examples("test")] == [0, 1]


def test_rows_without_an_id_are_joined_by_their_number(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    rows = write_rows({"a": "左", "b": "右"}, {"a": "上", "b": "下"}, name="test.json")
    labels = write_rows({"id": 0, "label": "no"}, {"id": 1, "label": "yes"}, name="labels.json")
    examples = read_split(make_spec(), "test", rows, labels=labels)
    assert [e.label for e in examples] == [0, 1]


def test_a_row_that_the_labels_leave_out_is_named(data: TaskData, write_rows: WriteRows) -> None:
    write_rows(LABELS[0], name="test_labels.json")
    with pytest.raises(DataError, match=r"test\.json:1: the file of labels has none for id 7"):
        data.examples("test")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": 7}', "field 'label' is missing"),
        ('{"label": "no"}', "field 'id' is missing"),
        ('{"id": 3, "label": "no"}', "id 3 stands twice"),
        ("7 no", "not valid JSON"),
    ],
)
def test_a_line_of_labels_that_is_wrong_is_named(
    write_rows: WriteRows, line: str, problem: str
) -> None:
    path = write_rows(LABELS[0], line, name="labels.json")
    with pytest.raises(DataError, match=rf"labels\.json:2: .*{problem}"):
        read_labels(path)


def test_a_published_test_row_must_have_its_label(write_rows: WriteRows) -> None:
    path = write_rows("左\t右", name="test.txt")
    with pytest.raises(DataError, match=r"test\.txt:1: has 2 columns, not 3"):
        read_split(ClassificationSpec.of(load_task("lcqmc")), "test", path)


@pytest.mark.parametrize(
    ("splits", "problem"),
    [
        (["train"], "labelled_splits: dev is missing"),
        (["train", "dev", "tset"], "labelled_splits.tset: no such split"),
    ],
)
def test_labelled_splits_that_can_not_be_are_refused(
    make_spec: MakeSpec, splits: list[str], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        make_spec(labelled_splits=splits)


def test_a_split_that_is_not_there_has_no_labels(data: TaskData) -> None:
    with pytest.raises(UsageError, match="no split 'test9'"):
        data.labels_path("test9")
