"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autoclue.errors import FolderError, UsageError
from autoclue.tasks.submission import check_folder_for, write_files


def test_files_replace_those_of_their_names_and_leave_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "c").write_bytes(b"other")
    paths = write_files(tmp_path, {"a": b"new", "b": b""}, what="The files")
    assert paths == (tmp_path / "a", tmp_path / "b")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "a": b"new",
        "b": b"",
        "c": b"other",
    }


def test_a_failure_leaves_every_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def full(path: Path, data: bytes) -> int:
        if path.name == "b":
            raise OSError(28, "No space left on device")
        return len(data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FolderError, match=r"The files can't be written to .*: No space left"):
        write_files(tmp_path, {"a": b"new", "b": b"new"}, what="The files")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_folder_that_can_be_made_is_not_made_by_the_check(tmp_path: Path) -> None:
    check_folder_for(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UsageError, match=r"a is a file, so that nothing can be written to .*b\."):
        check_folder_for(tmp_path / "a" / "b")


def test_a_folder_that_is_read_only_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UsageError, match="can't be written; make it writable"):
        check_folder_for(tmp_path / "a")
