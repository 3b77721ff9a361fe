from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, TextExample, read_split

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
ROW = {"a": "左", "b": "右", "label": "yes"}
TSV = {"format": "tsv", "columns": ["a", "b", "label"]}


def test_a_row_becomes_an_example(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    assert read_split(make_spec(), "train", write_rows(ROW)) == [
        TextExample(0, "0", "左", "右", 1)
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1c"])
def test_only_a_line_feed_ends_a_line(make_spec: MakeSpec, tmp_path: Path, separator: str) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes(f"一{separator}二\t右\tyes\n三\t四\tno\n".encode())
    examples = read_split(make_spec(**TSV), "train", path)
    assert [example.text for example in examples] == [f"一{separator}二", "三"]


def test_crlf_bom_and_blank_lines_at_the_end_are_tolerated(
    make_spec: MakeSpec, tmp_path: Path
) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes("\ufeff左\t右\tyes\r\n三\t四\tno\r\n\r\n\n".encode())
    assert read_split(make_spec(**TSV), "train", path) == [
        TextExample(0, "0", "左", "右", 1),
        TextExample(1, "1", "三", "四", 0),
    ]


def test_a_last_line_without_an_end_is_read(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes("左\t右\tyes\n三\t四\tno".encode())
    assert len(read_split(make_spec(**TSV), "train", path)) == 2


def test_labels_may_be_whole_numbers(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows(ROW | {"label": 1}, ROW | {"label": "0"})
    labels = [e.label for e in read_split(make_spec(labels=["0", "1"]), "train", path)]
    assert labels == [1, 0]


def test_labels_may_be_json_truth_values(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    spec = make_spec(labels=["true", "false"])
    assert read_split(spec, "train", write_rows(ROW | {"label": True}))[0].label == 0


def test_an_alias_counts_as_its_label(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    spec = make_spec(label_aliases={"ja": "yes"})
    assert read_split(spec, "train", write_rows(ROW | {"label": "ja"}))[0].label == 1


def test_dropped_rows_keep_the_numbers_of_the_others(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    spec = make_spec(drop_labels={"dev": ["-"]})
    path = write_rows(ROW, ROW | {"label": "-"}, ROW)
    assert [example.row for example in read_split(spec, "dev", path)] == [0, 2]


def test_rows_are_dropped_in_the_named_split_only(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    spec = make_spec(drop_labels={"dev": ["-"]})
    with pytest.raises(DataError, match="label '-' is unknown"):
        read_split(spec, "train", write_rows(ROW | {"label": "-"}))


@pytest.mark.parametrize("label", [{}, {"label": ""}, {"label": None}])
def test_test_rows_may_lack_a_label(
    make_spec: MakeSpec, write_rows: WriteRows, label: dict[str, object]
) -> None:
    path = write_rows({"a": "左", "b": "右"} | label)
    assert read_split(make_spec(), "test", path) == [TextExample(0, "0", "左", "右", None)]


def test_a_labelled_test_set_keeps_its_labels(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    assert read_split(make_spec(), "test", write_rows(ROW))[0].label == 1


def test_header_and_skipped_lines_are_not_rows(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes("made by hand\nlabel\tb\ta\nyes\t右\t左\n".encode())
    spec = make_spec(format="tsv", header=True, skip_lines=1)
    assert read_split(spec, "train", path) == [TextExample(0, "0", "左", "右", 1)]


def test_a_delimiter_may_be_several_characters(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes("yes_!_左_!_右\n".encode())
    spec = make_spec(format="tsv", delimiter="_!_", columns=["label", "a", "b"])
    assert read_split(spec, "train", path) == [TextExample(0, "0", "左", "右", 1)]


def test_quotes_mean_nothing_in_tsv(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes('"左\t"右"\tyes\n'.encode())
    assert read_split(make_spec(**TSV), "train", path) == [TextExample(0, "0", '"左', '"右"', 1)]


def test_a_tsv_test_file_may_lack_its_label_column(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes("左\t右\n".encode())
    spec = make_spec(format="tsv", columns=["label", "a", "b"])
    assert read_split(spec, "test", path) == [TextExample(0, "0", "左", "右", None)]


def test_an_example_keeps_the_publishers_name_of_its_row(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    path = write_rows(ROW | {"id": 7}, ROW | {"id": "b-1"}, ROW)
    assert [e.id for e in read_split(make_spec(), "train", path)] == ["7", "b-1", "2"]


def test_the_field_of_the_name_can_be_another(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows(ROW | {"key": "q1", "id": 7})
    assert [e.id for e in read_split(make_spec(id_field="key"), "train", path)] == ["q1"]
