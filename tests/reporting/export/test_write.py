from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import FolderError
from autoclue.records import StudyRecord
from autoclue.reporting import ReportFiles, write_report

MakeStudy = Callable[..., StudyRecord]


def test_both_files_are_written_and_nothing_else(demo: StudyRecord, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"

    files = write_report(demo, folder)

    assert files == ReportFiles(folder / "report.html", folder / "results.json")
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "results.json"]
    assert files.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads(files.results.read_text(encoding="utf-8"))["format"] == 1


def test_a_second_report_replaces_the_first(study: MakeStudy, tmp_path: Path) -> None:
    write_report(study(name="first"), tmp_path)

    files = write_report(study(name="second"), tmp_path)

    assert json.loads(files.results.read_text(encoding="utf-8"))["study"]["name"] == "second"


def test_a_failed_write_leaves_the_old_files_as_they_were(
    study: MakeStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    before = write_report(study(name="first"), tmp_path).results.read_bytes()
    monkeypatch.setattr(os, "replace", refuse)

    with pytest.raises(FolderError, match="No space left on device"):
        write_report(study(name="second"), tmp_path)
    assert (tmp_path / "results.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_a_file_is_refused(study: MakeStudy, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")

    with pytest.raises(FolderError, match="or make it writable"):
        write_report(study(), tmp_path / "taken")


def test_a_file_name_that_is_not_unicode_does_not_stop_the_report(
    study: MakeStudy, tmp_path: Path
) -> None:
    name = os.fsdecode(b"bad\xff")

    files = write_report(study(name=name), tmp_path)

    assert json.loads(files.results.read_text(encoding="utf-8"))["study"]["name"] == name
