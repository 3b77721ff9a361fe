"""The archive: found, checked, and the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from autoclue.errors import FolderError, UsageError
from autoclue.tasks.submission import (
    BENCHMARK_FILES,
    PredictionFile,
    gather,
    prediction_file,
    prediction_files,
    write_archive,
)


def no_problem(file: PredictionFile, content: bytes) -> Iterable[str]:
    """A check that everything passes."""
    return ()


def write_all(folder: Path, version: str) -> None:
    """Write a file for every name of a version."""
    for file in BENCHMARK_FILES:
        if version in file.version:
            (folder / file.name).write_bytes(file.name.encode())


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_all_files_of_a_version_are_gathered(tmp_path: Path, version: str) -> None:
    write_all(tmp_path, version)
    gathered = gather([tmp_path], version=version, check=no_problem)
    assert gathered.missing == ()
    assert list(gathered.files) == [f.name for f in BENCHMARK_FILES if version in f.version]


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    (tmp_path / "csl").mkdir()
    (tmp_path / "csl" / "csl_predict.json").write_bytes(b"x")
    gathered = gather([tmp_path], version="1.1", check=no_problem)
    assert list(gathered.files) == ["csl_predict.json"]
    assert len(gathered.missing) == 9


def test_every_problem_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    write_all(tmp_path, "1.1")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "csl_predict.json").write_bytes(b"other")
    with pytest.raises(UsageError, match="Nothing was written") as caught:
        gather(
            [tmp_path, tmp_path / "none"],
            version="1.1",
            check=lambda file, content: ["is odd"] if file.task in {"afqmc", "c3"} else [],
        )
    said = str(caught.value)
    assert "none is not a folder" in said
    assert "csl_predict.json lies in" in said
    assert re.findall(r"(\w+)_predict\.json: is odd", said) == ["afqmc", "c311"]


def test_a_file_of_another_version_is_named(tmp_path: Path) -> None:
    (tmp_path / "tnews10_predict.json").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"tnews10_predict\.json belongs to version 1\.0"):
        gather([tmp_path], version="1.1", check=no_problem)


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    files = {"a_predict.json": b"1" * 1000, "b_predict.json": b"2"}
    write_archive(files, tmp_path / "one.zip")
    write_archive(files, tmp_path / "two.zip")
    content = (tmp_path / "one.zip").read_bytes()
    assert content == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="make some with autoclue predict"):
        write_archive({}, tmp_path / "clue.zip")
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "clue.zip").mkdir()
    with pytest.raises(FolderError, match="The archive can't be written"):
        write_archive({"a": b""}, tmp_path / "clue.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["clue.zip"]


def test_files_of_the_benchmark_have_the_published_names() -> None:
    assert [file.name for file in BENCHMARK_FILES] == [
        *("afqmc_predict.json", "tnews11_predict.json", "tnews10_predict.json"),
        *("iflytek_predict.json", "ocnli_50k_predict.json", "cmnli_predict.json"),
        *("cluewsc11_predict.json", "cluewsc10_predict.json", "csl_predict.json"),
        *("cmrc2018_predict.json", "chid11_predict.json", "c311_predict.json"),
    ]


@pytest.mark.parametrize("task", ["xnli", "lcqmc", "inews"])
def test_tasks_of_autofinetune_have_plain_lines(task: str) -> None:
    assert prediction_file(task, "test", form="label_lines").name == f"{task}_predict.txt"


def test_tnews_has_a_file_for_each_reader() -> None:
    files = prediction_files("tnews", "test", form="label_lines")
    assert [file.name for file in files] == ["tnews11_predict.json", "tnews_predict.txt"]


def test_a_split_without_a_published_name_gets_one() -> None:
    assert prediction_file("mine", "dev", form="answers") == PredictionFile(
        "mine", "dev", "mine_dev_predict.json", "answers"
    )
