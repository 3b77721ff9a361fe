from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, read_split

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
ROW = {"a": "左", "b": "右", "label": "yes"}
TSV = {"format": "tsv", "columns": ["a", "b", "label"]}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"a": "左"', "is not valid JSON: Expecting ',' delimiter at character 10"),
        ("[" * 200_000, "is not valid JSON: nested too deep"),
        ("", "is blank; only the end of a file may be"),
        ("[1]", "must be a JSON object, not a list"),
        ({"a": "左", "label": "yes"}, "field 'b' is missing; the row's fields: a, label"),
        ({}, "field 'a' is missing; the row's fields: none"),
        (ROW | {"a": 3}, "field 'a' must be text, not a number"),
        (ROW | {"a": None}, "field 'a' must be text, not null"),
        (ROW | {"b": ["右"]}, "field 'b' must be text, not a list"),
        (ROW | {"a": ""}, "field 'a' is empty"),
        (ROW | {"a": " \u3000"}, "field 'a' is empty"),
        (
            '{"a": "\\ud800", "b": "右", "label": "yes"}',
            "field 'a' holds half a character (a lone \\u escape)",
        ),
        (ROW | {"label": "maybe"}, "label 'maybe' is unknown; the labels are no, yes"),
        (ROW | {"label": ["yes"]}, "field 'label' must be text or a number, not a list"),
        (ROW | {"label": 1.0}, "label '1' is unknown; the labels are no, yes"),
        (ROW | {"label": 0.5}, "label '0.5' is unknown; the labels are no, yes"),
        ({"a": "左", "b": "右"}, "field 'label' is missing; the row's fields: a, b"),
    ],
)
def test_a_broken_row_names_file_line_and_problem(
    make_spec: MakeSpec, write_rows: WriteRows, row: object, problem: str
) -> None:
    path = write_rows(ROW, row, ROW)
    with pytest.raises(DataError, match=f"^{re.escape(f'{path}:2: {problem}')}$"):
        read_split(make_spec(drop_labels={"train": ["-"]}), "train", path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("左\t右", "has 2 columns, not 3 (a, b, label), when cut at '\\t'"),
        ("左\t右\tyes\t", "has 4 columns, not 3 (a, b, label), when cut at '\\t'"),
        ("", "is blank; only the end of a file may be"),
        ("\t右\tyes", "field 'a' is empty"),
        ("左\t右\t", "label '' is unknown; the labels are no, yes"),
    ],
)
def test_a_broken_tsv_row_names_file_line_and_problem(
    make_spec: MakeSpec, write_rows: WriteRows, line: str, problem: str
) -> None:
    path = write_rows("左\t右\tyes", line, "左\t右\tyes")
    with pytest.raises(DataError, match=f"^{re.escape(f'{path}:2: {problem}')}$"):
        read_split(make_spec(**TSV), "train", path)


def test_text_that_is_not_utf8_names_its_line(make_spec: MakeSpec, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes("左\t右\tyes\n".encode() + "左\t右\tyes\n".encode("gbk"))
    with pytest.raises(DataError, match=r"rows\.tsv:2: is not UTF-8 text"):
        read_split(make_spec(**TSV), "train", path)


def test_a_header_without_a_field_is_named(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows("a\tlabel", "左\tyes")
    with pytest.raises(DataError, match=r":1: the header lacks b; it has a, label"):
        read_split(make_spec(format="tsv", header=True), "train", path)


def test_a_file_without_its_header_is_named(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    with pytest.raises(DataError, match=":1: the header is missing"):
        read_split(make_spec(format="tsv", header=True), "train", write_rows())


def test_a_file_without_rows_is_refused(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    with pytest.raises(DataError, match="holds no rows that small can use for dev"):
        read_split(make_spec(), "dev", write_rows())


def test_a_file_that_can_not_be_read_is_named(make_spec: MakeSpec, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Can't read .*gone\.json: No such file"):
        read_split(make_spec(), "dev", tmp_path / "gone.json")


def test_many_labels_are_counted_instead_of_listed(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    spec = make_spec(labels=[str(label) for label in range(119)])
    with pytest.raises(DataError, match=r"the labels are 0, 1, .*, 19 and 99 more$"):
        read_split(spec, "train", write_rows(ROW))
