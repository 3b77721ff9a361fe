"""Labels as people have them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from autoclue.errors import DataError, UsageError
from autoclue.tasks import ClassificationSpec, TaskData, load_task, open_data, read_split

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
TASK = """
name: mine
format: tsv
columns: [text, label]
files: {train: train.tsv, dev: dev.tsv}
input: {kind: single, text: text}
"""


@pytest.mark.parametrize(
    "labels", [[0, 1], [0.0, 1.0], "0,1", "0, 1", ["0", "1"], {0: "差", 1: "好"}]
)
def test_labels_may_be_written_in_many_ways(make_spec: MakeSpec, labels: object) -> None:
    assert make_spec(labels=labels).labels == ("0", "1")


@pytest.mark.parametrize("label", [1, 1.0, "1", "1.0", " 1 ", "好"])
def test_a_row_may_spell_its_label_in_many_ways(
    make_spec: MakeSpec, write_rows: WriteRows, label: object
) -> None:
    path = write_rows({"a": "左", "b": "右", "label": label})
    spec = make_spec(labels={0: "差", 1: "好"})
    assert [each.label for each in read_split(spec, "train", path)] == [1]


def test_a_mapping_may_name_the_labels_the_other_way_round(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    path = write_rows({"a": "左", "b": "右", "label": "1"})
    spec = make_spec(labels={"差": "0", "好": "1"})
    assert [each.label for each in read_split(spec, "train", path)] == [1]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (3, "write a list, a mapping from each label to its name, file:"),
        ([], "at least 2 are needed, not 0; from_data takes them from the training rows"),
        ([["a"], "b"], "a label is text or a number, not a list"),
        ({"a": "x"}, "at least 2 are needed, not 1"),
    ],
)
def test_other_labels_are_refused_with_what_is_allowed(
    make_spec: MakeSpec, labels: object, told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        make_spec(labels=labels)


def own_task(folder: Path, more: str, labels: tuple[object, ...] = (2, 10)) -> TaskData:
    """Write a task with two rows of each label, and open its data."""
    for split in ("train", "dev"):
        rows = "".join(f"{split}{label}-{n}\t{label}\n" for label in labels for n in range(2))
        (folder / f"{split}.tsv").write_text(rows, encoding="utf-8")
    (folder / "mine.yaml").write_text(TASK + more, encoding="utf-8")
    return open_data(load_task(str(folder / "mine.yaml")), "download")


@pytest.mark.parametrize("more", ["", "labels: from_data\n"])
def test_labels_can_be_taken_from_the_training_rows(tmp_path: Path, more: str) -> None:
    data = own_task(tmp_path, more)
    assert data.spec.output_labels == ("2", "10")
    assert [each.label for each in data.examples("dev")] == [0, 0, 1, 1]


def test_text_that_is_no_label_is_not_taken_for_labels(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds 18 different labels in 18 rows.*the right field"):
        own_task(tmp_path, "label_field: text\n", tuple(range(9)))


@pytest.mark.parametrize(
    "content", ["2\n10\n", "2\t差\n10\t好\n", "[2, 10]", '{"2": "差", "10": "好"}']
)
def test_labels_can_stand_in_a_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.txt").write_text(content, encoding="utf-8")
    data = own_task(tmp_path, "labels: {file: labels.txt}\n")
    assert data.spec.output_labels == ("2", "10")


def test_a_file_of_labels_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Can't read .*labels\.txt: No such file"):
        own_task(tmp_path, "labels: {file: labels.txt}\n")
