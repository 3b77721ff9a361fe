"""Predictions as files, and what there is to predict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import (
    Predictions,
    find_test_parts,
    load_task,
    open_data,
    prediction_contents,
)


def data_folder(folder: Path, *splits: str) -> str:
    """Write files of TNEWS with a row each."""
    for split in splits:
        row = {"sentence": "天地", "label": "100"}
        (folder / f"{split}.json").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return str(folder)


def test_every_test_part_is_found_in_the_order_of_the_task(tmp_path: Path) -> None:
    spec = load_task("tnews")
    data = open_data(spec, data_folder(tmp_path, "train", "dev", "test1.0"))
    assert find_test_parts(data) == ("test1.0",)
    data = open_data(spec, data_folder(tmp_path, "test"))
    assert find_test_parts(data) == ("test", "test1.0")


def test_data_without_a_test_part_is_refused(tmp_path: Path) -> None:
    data = open_data(load_task("tnews"), data_folder(tmp_path, "train", "dev"))
    message = r"tnews has no test part in .*: test\.json, test1\.0\.json is missing"
    with pytest.raises(UsageError, match=message):
        find_test_parts(data)


def test_labels_are_spelled_as_the_task_does(tmp_path: Path) -> None:
    predictions = Predictions(("7", "8"), (0, 14))
    contents = prediction_contents(load_task("tnews"), "test", predictions)
    assert contents == {
        "tnews11_predict.json": b'{"id": 0, "label": "100"}\n{"id": 1, "label": "116"}\n',
        "tnews_predict.txt": b"100\n116\n",
    }


def test_rows_that_go_by_their_ids_need_ids_of_their_own() -> None:
    predictions = Predictions(("a", "b", "a"), ("x", "y", "z"))
    message = r"cmrc2018_predict\.json holds its rows by their ids, but 'a' stands 2 times"
    with pytest.raises(DataError, match=message):
        prediction_contents(load_task("cmrc2018"), "test", predictions)
