"""Files of a moment: whose they are, and which of them go."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from autoclue.system import scratch
from autoclue.system.scratch import remove_abandoned, scratch_name, sweep


def left_by(process: int, started: str, prefix: str = ".report.html-") -> str:
    """The name of what a process has left."""
    own = scratch_name(prefix)
    return re.sub(r"-\d+-\w+-([0-9a-f]{8})$", rf"-{process}-{started}-\1", own)


def test_no_two_names_are_the_same() -> None:
    assert len({scratch_name(".a-") for _ in range(50)}) == 50


def test_what_a_dead_process_has_left_goes_and_what_lives_stays(tmp_path: Path) -> None:
    kept = [scratch_name(".report.html-"), "report.html", ".report.html-mine"]
    gone = [left_by(2**22 + 1, "5"), left_by(os.getpid(), "1")]
    for name in [*kept, *gone]:
        (tmp_path / name).touch()
    remove_abandoned(tmp_path, ".report.html-")
    assert {path.name for path in tmp_path.iterdir()} == set(kept)


def test_a_folder_is_swept_to_its_depths(tmp_path: Path) -> None:
    deep = tmp_path / "trials" / "0003"
    abandoned = deep / left_by(2**22 + 1, "5", ".best-")
    abandoned.mkdir(parents=True)
    (abandoned / "model.safetensors").touch()
    (deep / "train.log").touch()
    sweep(tmp_path)
    assert [path.name for path in deep.iterdir()] == ["train.log"]


def test_what_another_machine_has_left_goes_after_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "this_machine", lambda: "another boot")
    young, old = tmp_path / scratch_name(".a-"), tmp_path / scratch_name(".a-")
    monkeypatch.undo()
    for path in (young, old):
        path.touch()
    os.utime(old, (0.0, 0.0))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [young]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    sweep(tmp_path / "none")
    remove_abandoned(tmp_path / "none", ".a-")
