from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.errors import AutoclueError
from autoclue.records import Evaluation, TrialRecord, TrialState
from autoclue.screen.closing import command_to_train
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner
from autoclue.tasks import load_task
from autoclue.training import build_config, single

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def _halved(
    execute_with: Callable[..., None],
    evaluation: Callable[..., Evaluation],
    prepared: Prepared,
) -> None:
    """Let every trial score 0.5 more where it was selected than elsewhere."""

    def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
        while (asked := tuner.next_trial()) is not None:
            number = asked.number
            tuner.prepared(number, prepared)
            score = 0.6 + number / 10
            found = replace(evaluation(30, score), holdout_score=score - 0.5)
            tuner.evaluated(number, found)
            tuner.ended(number)

    execute_with(run)


@pytest.mark.usefixtures("_halved")
def test_both_parts_are_announced_and_the_selection_bias_is_told(
    tune: Cli, tmp_path: Path
) -> None:
    done = tune("--trials", "2", "--parallel", "1", "--holdout", "0.5")
    assert "4,800 rows to train on, 300 to select by, 300 held out" in " ".join(
        done.stderr.split()
    )
    assert "shows to work) by 10.00 points on the held-out" in done.stdout
    assert "a bias of +50.00 points" in done.stdout
    results = json.loads((tmp_path / "studies/mine/results.json").read_text(encoding="utf-8"))
    assert results["holdout"]["holdout_examples"] == 300
    assert results["study"]["settings"]["holdout"] == 0.5
    assert "--holdout 0.5" in done.stdout.splitlines()[-1]


@pytest.mark.usefixtures("_halved")
def test_another_share_is_another_question(tune: Cli) -> None:
    tune("--trials", "1", "--parallel", "1")
    done = tune("--trials", "1", "--parallel", "1", "--holdout", "0.5")
    assert done.returncode == 2
    assert "holdout was 0.0 and is 0.5" in done.stderr


@pytest.mark.parametrize("verb", ["tune", "train"])
@pytest.mark.parametrize("share", ["-0.5", "1", "nan"])
def test_share_out_of_range_is_one_sentence(cli: Cli, verb: str, share: str) -> None:
    given = f"{verb} --task xnli --model builtin --data builtin --holdout={share}".split()
    done = cli(*given)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"holdout is {share}, but must be" in done.stderr


def test_train_passes_the_share_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def train(task: str, *, settings: Mapping[str, object], **rest: object) -> None:
        given.update(settings)
        raise AutoclueError("nothing is trained here")

    monkeypatch.setattr(single, "train_one", train)
    cli("train", "--task", "ocnli", "--holdout", "0.25")
    assert given["holdout"] == 0.25


def test_next_command_holds_the_same_rows_out() -> None:
    recipe = load_task("xnli").recipe
    config = build_config(
        recipe,
        task="xnli",
        model="m",
        data="builtin",
        strategy="uniform",
        settings={"holdout": 0.5},
    )
    trial = TrialRecord(0, TrialState.COMPLETE, {}, config.model_dump())
    assert "--holdout 0.5" in command_to_train(trial)
