from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError, UsageError
from autoclue.tasks import ClassificationSpec, load_task, open_data

MakeSpec = Callable[..., ClassificationSpec]
ROW = '{"a": "左", "b": "右", "label": "yes"}\n'


def put(folder: Path, *splits: str) -> Path:
    """Write a file of one row for each split."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in splits:
        (folder / f"{split}.json").write_text(ROW, encoding="utf-8")
    return folder


@pytest.mark.parametrize("place", ["small", "small_public", "."])
def test_the_files_are_found_in_each_place(
    make_spec: MakeSpec, tmp_path: Path, place: str
) -> None:
    put(tmp_path / place, "train", "dev")
    data = open_data(make_spec(), str(tmp_path))
    assert (data.splits, data.synthetic) == (("train", "dev"), False)
    assert data.path("dev") == tmp_path / place / "dev.json"


def test_the_tasks_own_folder_comes_before_the_shared_one(
    make_spec: MakeSpec, tmp_path: Path
) -> None:
    put(tmp_path, "train", "dev")
    put(tmp_path / "small", "train", "dev")
    assert open_data(make_spec(), str(tmp_path)).origin == str(tmp_path / "small")


def test_train_and_dev_are_never_taken_from_different_places(
    make_spec: MakeSpec, tmp_path: Path
) -> None:
    put(tmp_path, "train")
    put(tmp_path / "small", "dev")
    with pytest.raises(DataError, match=r"looked for train: train\.json; dev: .*, together in"):
        open_data(make_spec(), str(tmp_path))


def test_the_first_candidate_that_is_there_wins(make_spec: MakeSpec, tmp_path: Path) -> None:
    spec = make_spec(files={"train": ["big.json", "train.json"], "dev": "dev.json"})
    put(tmp_path, "train", "dev", "big")
    assert open_data(spec, str(tmp_path)).path("train").name == "big.json"


def test_examples_are_read(make_spec: MakeSpec, tmp_path: Path) -> None:
    put(tmp_path, "train", "dev", "test")
    assert open_data(make_spec(), str(tmp_path)).examples("test")[0].text_pair == "右"


def test_an_empty_folder_says_what_was_looked_for(make_spec: MakeSpec, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train: train\.json; dev: dev\.json, .* found none"):
        open_data(make_spec(), str(tmp_path))


def test_a_missing_split_says_what_was_found(make_spec: MakeSpec, tmp_path: Path) -> None:
    put(tmp_path, "train")
    with pytest.raises(DataError, match=r"found only .*train\.json\. --data takes a folder"):
        open_data(make_spec(), str(tmp_path))


def test_a_split_that_is_not_there_is_named(make_spec: MakeSpec, tmp_path: Path) -> None:
    put(tmp_path, "train", "dev")
    with pytest.raises(UsageError, match=r"no split 'test' in .*; there is train, dev"):
        open_data(make_spec(), str(tmp_path)).examples("test")


def test_a_misspelt_keyword_is_guessed() -> None:
    with pytest.raises(UsageError, match=r"--data buitlin is not a folder\. Did you mean builtin"):
        open_data(load_task("xnli"), "buitlin")


def test_a_task_without_any_source_says_so(make_spec: MakeSpec) -> None:
    with pytest.raises(UsageError, match="small has no download; give --data a folder"):
        open_data(make_spec(), "download")


def test_the_fingerprint_is_the_sha256_of_train_and_dev(
    make_spec: MakeSpec, tmp_path: Path
) -> None:
    put(tmp_path, "train", "dev")
    row = ROW.encode()
    framed = b"train %d\n%bdev %d\n%b" % (len(row), row, len(row), row)
    assert open_data(make_spec(), str(tmp_path)).fingerprint == hashlib.sha256(framed).hexdigest()


def test_a_row_that_changes_sides_changes_the_fingerprint(
    make_spec: MakeSpec, tmp_path: Path
) -> None:
    spec = make_spec()
    for name, rows in {"left": (2, 1), "right": (1, 2)}.items():
        put(tmp_path / name)
        (tmp_path / name / "train.json").write_text(ROW * rows[0], encoding="utf-8")
        (tmp_path / name / "dev.json").write_text(ROW * rows[1], encoding="utf-8")
    left, right = (open_data(spec, str(tmp_path / name)) for name in ("left", "right"))
    assert left.fingerprint != right.fingerprint
