"""The first error is the one that is told; what fails behind it is said beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.errors import FolderError
from autoclue.reporting.export import write
from autoclue.search.execution.resources import Resources
from autoclue.search.tuner.tuner import Tuner

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]
FULL = OSError(28, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report can be written."""

    def refuse(path: Path, text: str) -> None:
        raise FULL

    monkeypatch.setattr(write, "_replace", refuse)


@pytest.mark.usefixtures("full_disk")
def test_the_reason_of_a_full_disk_goes_before_that_of_the_report(
    tune: Cli, execute_with: Callable[[Runner], None]
) -> None:
    def runs(tuner: Tuner, folder: Path, resources: Resources) -> None:
        tuner.next_trial()
        raise FolderError.writing("The best model", folder / "trials/0000/best", FULL)

    execute_with(runs)
    done = tune("--trials", "2")
    first, note = done.stderr.splitlines()[-2:]
    assert done.returncode == 1
    assert first.startswith("autoclue: The best model can't be written to ")
    assert note.startswith("autoclue: The report isn't written either: The report can't be")


@pytest.mark.usefixtures("full_disk", "_scripted")
def test_a_search_that_has_ended_says_how_its_report_is_written_later(tune: Cli) -> None:
    done = tune("--trials", "2")
    first, note = done.stderr.splitlines()[-2:]
    assert done.returncode == 1
    assert "mine: No space left on device. Free some space there" in first
    assert note == (
        "autoclue: The search itself is over and kept; 'autoclue report "
        f"{os.path.join('studies', 'mine')}' writes its report."
    )
