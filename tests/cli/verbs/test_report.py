from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import StudyRecord

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def study(tune: Cli, _scripted: None, tmp_path: Path) -> Path:
    """A study of three trials whose report has been deleted."""
    tune("--trials", "3")
    folder = tmp_path / "studies" / "mine"
    for name in ("report.html", "results.json"):
        (folder / name).unlink()
    return folder


@pytest.mark.parametrize("how", ["mine", "studies/mine", "./studies/mine/"])
def test_report_is_written_anew_from_the_ledger(how: str, cli: Cli, study: Path) -> None:
    done = cli("report", how, "--folder", "studies")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<html" in (study / "report.html").read_text(encoding="utf-8")
    assert "studies/mine/report.html" in done.stdout


def test_json_prints_the_results_and_nothing_else(cli: Cli, study: Path) -> None:
    done = cli("report", "mine", "--folder", "studies", "--json")
    assert done.stdout == (study / "results.json").read_text(encoding="utf-8")
    assert json.loads(done.stdout)["counts"]["COMPLETE"] == 3


def test_unknown_study_lists_those_there_are(cli: Cli, study: Path) -> None:
    done = cli("report", "mnie", "--folder", "studies")
    assert done.returncode == 2
    assert "No study is called 'mnie' in studies. There are: mine." in done.stderr


def test_study_without_its_ledger_is_one_sentence(cli: Cli, study: Path) -> None:
    (study / "ledger.db").unlink()
    done = cli("report", "mine", "--folder", "studies")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "ledger.db is missing; put it back, or go on from its copy with 'autoclue resume "
        "studies/mine --from-backup'.\n"
    )


def test_study_folder_can_be_moved(cli: Cli, study: Path, tmp_path: Path) -> None:
    study.rename(tmp_path / "elsewhere")
    done = cli("report", "elsewhere")
    assert done.returncode == 0
    assert (tmp_path / "elsewhere" / "report.html").is_file()


def test_figures_are_drawn_where_they_are_asked_for(
    cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(record: StudyRecord, folder: Path) -> tuple[Path, ...]:
        return folder / f"{record.name}.svg", folder / f"{record.name}.png"

    monkeypatch.setattr("autoclue.reporting.write_pictures", draw)
    done = cli("report", "mine", "--folder", "studies", "--figures", "pictures")
    assert (done.returncode, done.stderr) == (0, "")
    assert "pictures, 2 files" in done.stdout
