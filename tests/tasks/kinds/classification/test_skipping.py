"""Bad rows: all of them are counted, and left out where the task's file says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, read_rows, read_split

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
ROW = {"a": "左", "b": "右", "label": "yes"}
BAD = {"a": "", "b": "右", "label": "yes"}


def test_bad_rows_are_left_out_where_the_file_says_so(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    path = write_rows(ROW, BAD, ROW, "{")
    found = read_split(make_spec(on_bad_row="skip"), "train", path)
    assert [each.row for each in found] == [0, 2]


def test_all_bad_rows_are_collected_with_their_places(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    path = write_rows(ROW, BAD, ROW, "{")
    _, bad = read_rows(make_spec(), "train", path)
    assert [each.index for each in bad] == [1, 3]
    assert str(bad[0].error) == f"{path}:2: field 'a' is empty"


def test_an_error_counts_the_other_bad_rows(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows(BAD, ROW, BAD, BAD)
    with pytest.raises(DataError, match=r":1: .* \(2 more rows are bad too: .*on_bad_row: skip"):
        read_split(make_spec(), "train", path)


def test_a_file_of_bad_rows_alone_is_refused(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    with pytest.raises(DataError, match=r"all 2 are bad, the first: .*:1: field 'a' is empty"):
        read_split(make_spec(on_bad_row="skip"), "train", write_rows(BAD, BAD))
