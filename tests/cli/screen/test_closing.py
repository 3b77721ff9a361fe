from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.errors import AutoclueError
from autoclue.records import MemberRecord, Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.wording import WITH_SET, training_command
from autoclue.screen.closing import command_to_train, round_lines
from autoclue.tasks import load_task
from autoclue.training import SEARCHABLE, build_config, single

Cli = Callable[..., CompletedProcess[str]]
Given = dict[str, object]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Given:
    """Catch what the command line has trained."""
    given: Given = {}

    def train(task: str, **arguments: object) -> None:
        given.update(arguments, task=task)
        raise AutoclueError("nothing is trained here")

    monkeypatch.setattr(single, "train_one", train)
    return given


def winner(**settings: Scalar) -> TrialRecord:
    """A trial of the discriminative strategy with some settings of its own."""
    config = build_config(
        load_task("xnli").recipe,
        task="xnli",
        model="a model's folder",
        data="builtin",
        strategy="discriminative",
        settings=settings,
    )
    return TrialRecord(0, TrialState.COMPLETE, {}, config.model_dump())


SETTINGS: Mapping[str, Mapping[str, Scalar]] = {
    "none": {},
    "searched": {"learning_rate": 1.2345678901234567e-05, "batch_size": 16, "dropout": 0.0},
    "strategy": {"factor": 1.0978211, "frozen_blocks": 2, "grouping": "paddlehub"},
    "length": {"max_steps": 400, "max_length_tokens": 64, "epochs": 5},
    "head": {"keep_head": True},
    "schedule": {"schedule": "plateau", "warmup_proportion": 0.25, "adam_epsilon": 1e-6},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_next_command_trains_the_same_settings_with_another_seed(
    name: str, cli: Cli, trained: Given
) -> None:
    trial = winner(**SETTINGS[name])
    words = shlex.split(command_to_train(trial))
    assert words[0] == "autoclue"
    cli(*words[1:])
    settings = dict(trained["settings"])  # type: ignore[call-overload]
    again = build_config(
        load_task(str(trained["task"])).recipe,
        task=str(trained["task"]),
        model=str(trained["model"]),
        data=str(trained["data"]),
        strategy=str(trained["strategy"]),
        settings=settings,
    )
    assert again.model_dump() == {**trial.config, "seed": 43}


def test_next_command_names_no_setting_of_the_recipe() -> None:
    assert "--set" not in command_to_train(winner())


def test_next_command_of_a_vanished_task_file_names_every_setting(tmp_path: Path) -> None:
    trial = winner()
    gone = TrialRecord(0, trial.state, {}, {**trial.config, "task": str(tmp_path / "gone.yaml")})
    assert "--set max_length_tokens=128 --set warmup_proportion=0.1" in command_to_train(gone)


def test_settings_without_an_option_are_those_that_trainings_have() -> None:
    own = {"learning_rate", "batch_size", "dropout", "epochs", "max_steps", "seed"}
    assert set(WITH_SET) == set(SEARCHABLE) - own


@pytest.mark.parametrize("name", SETTINGS)
def test_the_command_of_the_page_writes_every_setting(name: str, cli: Cli, trained: Given) -> None:
    trial = winner(**SETTINGS[name])
    cli(*shlex.split(str(training_command(trial.config, seed=42)))[1:])
    settings = dict(trained["settings"])  # type: ignore[call-overload]
    asked = {**settings.pop("strategy_params", {}), **settings}
    assert asked["weight_decay"] == trial.config["weight_decay"]
    assert asked["max_length_tokens"] == trial.config["max_length_tokens"]


def test_settings_that_name_no_task_have_no_command() -> None:
    assert training_command({"learning_rate": 1e-5}, seed=1) is None


def test_train_passes_on_only_what_was_given(cli: Cli, trained: Given) -> None:
    cli("train", "--task", "ocnli", "--learning-rate", "3e-5", "--set", "weight_decay=0")
    assert trained["settings"] == {"learning_rate": 3e-5, "weight_decay": 0}
    assert (trained["data"], trained["strategy"]) == ("download", "uniform")


def test_each_round_of_a_population_names_its_best_member() -> None:
    def member(trial: int, rate: float, score: float | None) -> MemberRecord:
        values: dict[str, Scalar] = {"learning_rate": rate, "epochs": 3}
        return MemberRecord(trial, False, values, score, None, "by hand")

    trial = TrialRecord(1, TrialState.COMPLETE, {"learning_rate": 1e-5}, {})
    rounds = (
        (member(1, 1e-5, 0.5), member(2, 2e-5, 0.75)),
        (member(3, 3e-5, None), member(4, 4e-5, None)),
    )
    study = StudyRecord("s", {}, "accuracy", False, {}, (), {}, "now", (trial,), rounds=rounds)

    assert round_lines(study) == {
        "round 0": "0.7500 by trial 2: learning_rate=2e-5",
        "round 1": "no member has a score",
    }
