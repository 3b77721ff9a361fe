from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any

import pytest

from autoclue.api import reproduction
from autoclue.models import published_settings
from autoclue.run_files import write_run
from autoclue.train_options import TrainArguments

Cli = Callable[..., CompletedProcess[str]]
COMMAND = "reproduce --model ernie-3.0-base-zh --task tnews --data builtin --builtin-size 2000"


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[TrainArguments]:
    """What is trained, each training with a score near 0.58."""
    runs: list[TrainArguments] = []

    def training(arguments: TrainArguments, log: object) -> Any:
        assert arguments.out is not None
        score = 0.58 + 0.001 * (int(str(arguments.seed)) - 43)
        runs.append(arguments)
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "result.json").write_text(json.dumps({"score": score}), encoding="utf-8")
        write_run(arguments.out, arguments)
        return SimpleNamespace(score=score)

    monkeypatch.setattr("autoclue.api.studies.training", training)
    return runs


def fabricate(monkeypatch: pytest.MonkeyPatch, percent: float) -> None:
    """Publish another score of the model."""

    def published(name: str, task: str, document: str | None = None) -> object:
        return replace(published_settings(name, task), scores_percent={"accuracy": percent})

    monkeypatch.setattr(reproduction, "published_settings", published)


def test_published_settings_are_trained_once_with_each_seed(
    cli: Cli, trained: list[TrainArguments]
) -> None:
    for _ in range(2):
        assert cli(*COMMAND.split()).returncode == 0
    assert [run.seed for run in trained] == [42, 43, 44]
    assert {repr(run.settings) for run in trained} == {
        repr({"learning_rate": 3e-5, "batch_size": 32, "dropout": 0.1})
    }
    assert {(run.strategy, run.protocol) for run in trained} == {("uniform", "clue")}


@pytest.mark.parametrize(("percent", "verdict"), [(58.1, "reproduced"), (70.0, "not reproduced")])
def test_fabricated_rows_get_the_verdict_they_deserve(
    cli: Cli,
    trained: list[TrainArguments],
    monkeypatch: pytest.MonkeyPatch,
    percent: float,
    verdict: str,
) -> None:
    fabricate(monkeypatch, percent)
    assert cli(*COMMAND.split()).stdout.startswith(f"tnews {verdict}: 58.00 over 3 seeds")
    (row,) = json.loads(cli(*COMMAND.split(), "--json").stdout)
    assert (row["verdict"], len(row["scores"])) == (verdict, 3)


@pytest.mark.parametrize(
    ("task", "blocks"), [("tnews", 16), ("lcqmc", 14), ("xnli", 17), ("inews", 15)]
)
def test_layer_wise_settings_of_another_document_are_trained_by_their_strategy(
    cli: Cli, trained: list[TrainArguments], task: str, blocks: int
) -> None:
    given = f"reproduce --model hfl/roberta-wwm-ext-large --task {task} --document autofinetune"
    cli(*given.split(), "--data", "builtin", "--builtin-size", "tiny", "--seeds", "1")
    (run,) = trained
    assert run.strategy == "discriminative"
    assert run.settings["grouping"] == "paddlehub"
    assert (run.settings["blocks"], run.settings["weight_decay"]) == (blocks, 0.0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--model ernie-3.0-bas-zh --task csl", "Did you mean ernie-3.0-base-zh"),
        (
            "--model hfl/rbt3 --task xnli",
            "Unknown task with published settings of hfl/rbt3 'xnli'",
        ),
        ("--model hfl/rbt3 --task csl --document x", "Unknown document with settings"),
        ("--model hfl/rbt3", "Give the tasks to reproduce"),
    ],
)
def test_what_nobody_has_published_is_one_sentence(
    cli: Cli, trained: list[TrainArguments], words: str, sentence: str
) -> None:
    done = cli("reproduce", *words.split(), "--data", "builtin")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert trained == []


@pytest.mark.parametrize("content", ["null", "[", '{"score": "x"}', '{"score": 1e999}'])
def test_a_training_that_left_something_else_is_said_to_be_deleted(
    cli: Cli, trained: list[TrainArguments], content: str
) -> None:
    words = [*COMMAND.split(), "--seeds", "1"]
    assert cli(*words).returncode == 0
    assert trained[0].out is not None
    (trained[0].out / "result.json").write_text(content, encoding="utf-8")
    done = cli(*words)
    assert done.returncode == 2
    assert "delete the folder, and it is trained again" in done.stderr
