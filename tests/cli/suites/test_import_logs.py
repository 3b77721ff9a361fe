from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import StudyRecord
from autoclue.search.study import find_study, load_study
from tests.cli.suites.conftest import STEPS, scripted_scores
from tests.cli.suites.test_grid import SUMMARY, config_of, settings_of

Cli = Callable[..., CompletedProcess[str]]

STAMP = "[2022-05-01 12:00:00,000] [    INFO] - "


def old_log(task: str, rate: float, size: int, dropout: float) -> str:
    """A log as the published scripts write it, of the scripted curve."""
    config = config_of(task, rate, size, dropout)
    lines = ["+ python -u run.py", "some warning of a framework"]
    for epoch, step in enumerate(STEPS):
        scores = scripted_scores(config, step)
        lines.append(
            f"{STAMP}global step {step}/{STEPS[-1]}, epoch: {epoch}, batch: 9, rank_id: 0, "
            f"loss: 0.600000, lr: 0.0000100000, speed: 10.0000 step/s"
        )
        if task == "cmrc2018":
            figures = {"exact": 100 * scores["em"], "f1": 100 * scores["f1"], "total": 1}
            lines += json.dumps(figures, indent=2).split("\n")
        elif task in ("chid", "c3"):
            lines.append(f"{STAMP}eval acc: {scores['accuracy']:.5f}, eval done total : 1.5 s")
        else:
            lines.append(
                f"{STAMP}eval loss: 0.500000, acc: {scores['accuracy']:.5}, "
                "eval done total : 1.5 s"
            )
    best = scripted_scores(config, STEPS[-1])
    shown = "/".join(f"{100 * score:.2f}" for score in best.values())
    return "\n".join([*lines, f"{STAMP}best_result: {shown}"]) + "\n"


def write_logs(folder: Path, *, task: str | None = None) -> None:
    for task_name, rate, size, dropout in settings_of(task):
        path = folder / task_name / f"{rate}_{size}_{dropout}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(old_log(task_name, rate, size, dropout), encoding="utf-8")


@pytest.fixture
def imported(cli: Cli, studies: Path) -> Callable[[Path], CompletedProcess[str]]:
    """Import a folder's logs."""

    def run(folder: Path) -> CompletedProcess[str]:
        return cli("import-logs", str(folder), "--folder", str(studies), "--suite", "old")

    return run


def study_of(studies: Path, name: str) -> StudyRecord:
    return load_study(find_study(studies / "old", name))


@pytest.mark.slow
def test_logs_of_a_whole_grid_give_the_summary_of_the_grid(
    cli: Cli,
    imported: Callable[[Path], CompletedProcess[str]],
    tmp_path: Path,
    studies: Path,
) -> None:
    write_logs(tmp_path / "ernie-3.0-base-zh")
    done = imported(tmp_path / "ernie-3.0-base-zh")
    assert "holds 134 runs in 10 studies" in done.stdout
    assert cli("extract", str(studies / "old")).stdout == SUMMARY

    (best,) = (t for t in study_of(studies, "csl-ernie-3.0-base-zh").trials if t.number == 4)
    assert [e.step for e in best.evaluations] == list(STEPS)
    assert best.params == {"learning_rate": 2e-5, "batch_size": 32}
    assert best.evaluations[0].steps_per_s == 10.0
    replayed = cli("replay", str(studies / "old/csl-ernie-3.0-base-zh"), "--scheduler", "asha")
    assert "12 curves: 12 whole" in replayed.stdout


def test_cut_off_and_odd_logs_are_told_and_imported_once(
    imported: Callable[[Path], CompletedProcess[str]], tmp_path: Path, studies: Path
) -> None:
    write_logs(tmp_path / "m", task="c3")
    first, second = sorted((tmp_path / "m/c3").iterdir())[:2]
    text = first.read_text(encoding="utf-8")
    first.write_text(text.partition("best_result")[0], encoding="utf-8")
    second.write_text("nothing but its end\nbest_result: 55.55\n", encoding="utf-8")
    (tmp_path / "m/c3/1.5e-05_32_0.1.log").write_text(text, encoding="utf-8")
    done = imported(tmp_path)
    assert "1 log holds no result and is a failed run." in done.stdout
    trials = study_of(studies, "c3-m").trials
    assert [t.failure is not None for t in trials].count(True) == 1
    assert {t.best_score for t in trials} >= {0.5555}
    assert [t.config["learning_rate"] for t in trials if not t.params] == [1.5e-5]
    assert imported(tmp_path).returncode == 2


def test_folder_without_logs_is_one_sentence(
    imported: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    assert "holds no log; they are called" in imported(tmp_path).stderr
    assert "There is no folder" in imported(tmp_path / "none").stderr


def test_a_log_with_numbers_that_are_none_is_one_sentence(
    imported: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    write_logs(tmp_path / "m", task="c3")
    odd = min((tmp_path / "m/c3").iterdir())
    odd.write_text("best_result: 55.5.5\n", encoding="utf-8")
    done = imported(tmp_path)
    assert done.returncode == 2
    assert f"{odd.name} can't be read as a log: " in done.stderr
