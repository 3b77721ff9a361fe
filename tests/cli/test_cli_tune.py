from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.errors import AutoclueError
from autoclue.search.conductor import Conductor
from autoclue.search.devices import Resources
from autoclue.search.ledger import Prepared

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Conductor, Path, Resources], None]
ExecuteWith = Callable[[Runner], None]

scripted = pytest.mark.usefixtures("_scripted")


@scripted
def test_one_screen_says_what_will_run(tune: Cli) -> None:
    screen = tune("--trials", "2", "--parallel", "1", "--time-budget", "1h").stderr.splitlines()
    told = dict(line.split(maxsplit=1) for line in screen[: screen.index("     time  3600 s") + 1])
    assert list(told) == [
        *("task", "model", "data", "strategy", "space", "search", "devices", "study", "time")
    ]
    assert told["task"] == "XNLI, 3 labels, accuracy"
    assert "text that autoclue generates: 4,800 rows to train on" in told["data"]
    assert told["search"] == "2 trials, sampler tpe, scheduler asha, seed 0"
    assert told["devices"] == "one trial at a time on this machine, one CPU core each, no GPU"


@scripted
def test_result_names_winner_baseline_files_and_next_command(tune: Cli) -> None:
    done = tune("--trials", "3")
    assert done.returncode == 0
    assert "Trial 2 and the published default settings can't be told apart" in done.stdout
    assert "scores say nothing about real text" in done.stdout
    assert "report  studies/mine/report.html" in done.stdout
    assert "numbers  studies/mine/results.json" in done.stdout
    assert "next  autoclue train --task xnli --model builtin --data builtin" in done.stdout


@scripted
def test_json_prints_the_results_and_nothing_else(tune: Cli, tmp_path: Path) -> None:
    done = tune("--trials", "2", "--json")
    assert json.loads(done.stdout)["winner"]["number"] == 1
    assert done.stdout == (tmp_path / "studies/mine/results.json").read_text(encoding="utf-8")


@scripted
def test_same_command_again_goes_on_with_the_study(tune: Cli) -> None:
    tune("--trials", "2")
    done = tune("--trials", "3")
    assert "goes on  2 trials are recorded already" in done.stderr
    assert "trial 2 begins" in done.stderr
    assert "trial 1 begins" not in done.stderr


@scripted
def test_another_question_is_refused_before_anything_is_said(tune: Cli) -> None:
    tune("--trials", "1")
    done = tune("--trials", "1", "--seed", "5", "--sampler", "random")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "'mine' was begun with another question" in done.stderr
    assert "sampler was 'tpe' and is 'random'; seed was 0 and is 5" in done.stderr


@scripted
def test_ledger_keeps_the_command(tune: Cli, tmp_path: Path) -> None:
    tune("--trials", "1")
    with sqlite3.connect(tmp_path / "studies/mine/ledger.db") as ledger:
        rows = ledger.execute("SELECT value_json FROM study_user_attributes WHERE key='settings'")
        settings = json.loads(rows.fetchone()[0])
    assert settings["command"][:4] == ["autoclue", "tune", "--task", "xnli"]


@scripted
def test_hub_name_close_to_a_known_one_is_pointed_out(tune: Cli) -> None:
    screen = tune("--trials", "1", "--model", "ernie-3.0-bas-zh").stderr
    assert "did you mean ernie-3.0-base-zh?" in screen


@scripted
def test_known_model_is_described(tune: Cli) -> None:
    screen = tune("--trials", "1", "--model", "ernie-3.0-base-zh").stderr
    assert "model  ernie-3.0-base-zh (12 layers, 768 wide)" in screen


def test_interruption_leaves_with_130_and_says_how_to_go_on(
    tune: Cli, execute_with: ExecuteWith, tmp_path: Path
) -> None:
    def interrupted(conductor: Conductor, folder: Path, resources: Resources) -> None:
        conductor.next_trial()
        raise KeyboardInterrupt

    execute_with(interrupted)
    done = tune("--trials", "2")
    assert done.returncode == 130
    complaint = "autoclue: Interrupted. Run the same command again to go on."
    assert done.stderr.splitlines()[-1] == complaint
    assert done.stdout == ""
    assert (tmp_path / "studies/mine/report.html").is_file()


def test_search_whose_trials_all_fail_leaves_with_1_and_the_reason(
    tune: Cli, execute_with: ExecuteWith
) -> None:
    def failing(conductor: Conductor, folder: Path, resources: Resources) -> None:
        while (asked := conductor.next_trial()) is not None:
            conductor.failed(asked[0], "the model has no layers")

    execute_with(failing)
    done = tune("--trials", "20", "--parallel", "1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "autoclue: Every one of 3 trials failed; the first one said: the model has no layers"
    )


def test_failure_of_the_executor_is_one_sentence(tune: Cli, execute_with: ExecuteWith) -> None:
    def broken(conductor: Conductor, folder: Path, resources: Resources) -> None:
        raise AutoclueError("Ray can't be started.")

    execute_with(broken)
    done = tune("--trials", "2")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "autoclue: Ray can't be started."


def test_terminal_shows_a_live_table(
    tune: Cli,
    execute_with: ExecuteWith,
    monkeypatch: pytest.MonkeyPatch,
    prepared: Prepared,
    evaluation: Callable[..., object],
) -> None:
    def runs(conductor: Conductor, folder: Path, resources: Resources) -> None:
        while (asked := conductor.next_trial()) is not None:
            conductor.prepared(asked[0], prepared)
            conductor.evaluated(asked[0], evaluation(30, 0.5))  # type: ignore[arg-type]
            conductor.ended(asked[0])

    execute_with(runs)
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = tune("--trials", "2", "--parallel", "1")
    assert "best so far 0.5000" in done.stderr
    assert "2/2" in done.stderr
    assert "trial 0 begins" not in done.stderr
