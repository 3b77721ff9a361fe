"""What a shell completes, and what the environment gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import autoclue
from autoclue.cli.completion import VALUES
from autoclue.errors import UsageError
from autoclue.layers.registry import STRATEGIES
from autoclue.option_fields import options_of, read_options
from autoclue.options import ConfirmArguments, StudySpec, TuneArguments
from autoclue.space import space_names
from autoclue.tasks import task_names
from autoclue.train_options import TrainArguments

Cli = Callable[..., CompletedProcess[str]]
Complete = Callable[..., list[str]]


@pytest.fixture
def complete(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """Complete the last of some words as bash does."""

    def words_for(*words: str) -> list[str]:
        monkeypatch.setenv("_AUTOCLUE_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(("autoclue", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        return cli().stdout.split()

    return words_for


def test_names_are_completed_from_what_there_is(complete: Complete) -> None:
    assert complete("tune", "--task", "c") == [n for n in task_names() if n.startswith("c")]
    assert complete("tune", "--space", "clue") == [n for n in space_names() if "clue" in n[:4]]
    assert complete("train", "--strategy", "u") == ["uniform"]
    assert set(complete("tune", "--scheduler", "a")) == {"adaptive", "asha"}
    assert complete("train", "--device", "c") == ["cpu"]
    assert complete("tune", "--builtin-size", "t") == ["tiny"]
    assert complete("train", "--protocol", "s") == ["sound"]
    assert "tensorboard" in complete("tune", "--log", "t")


def test_studies_are_completed_from_the_folder_that_is_named(complete: Complete) -> None:
    for name in ("xnli-one", "xnli-two", "tnews"):
        (Path("here") / name).mkdir(parents=True)
        (Path("here") / name / "study.json").write_text("{}")
    assert complete("show", "--folder", "here", "xn") == ["xnli-one", "xnli-two"]
    assert complete("compare", "--folder", "here", "t") == ["tnews"]
    assert complete("show", "xn") == []


def test_every_choice_by_name_is_completed() -> None:
    fields = {
        name
        for model in (TuneArguments, TrainArguments, ConfirmArguments)
        for name, field in options_of(model).items()
        if "autoclue ls" in str(field.description)
    }
    assert fields <= set(VALUES)
    assert set(STRATEGIES.names()) >= {"uniform"}


def test_the_environment_gives_what_nothing_else_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCLUE_DATA", "./mine")
    monkeypatch.setenv("AUTOCLUE_MODEL", "builtin")
    monkeypatch.setenv("AUTOCLUE_FOLDER", "~/studies")
    found = read_options(TuneArguments, {"task": "xnli"})
    assert (found.spec.data, found.spec.model) == ("./mine", "builtin")
    assert found.location.folder == Path("~/studies").expanduser()
    assert read_options(TuneArguments, {"task": "xnli", "data": "builtin"}).spec.data == "builtin"


def test_an_empty_variable_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCLUE_MODEL", "")
    assert read_options(StudySpec, {"task": "xnli"}).model == "ernie-3.0-base-zh"


def test_a_run_file_wins_over_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCLUE_DATA", "builtin")
    monkeypatch.setenv("AUTOCLUE_MODEL", "./none")
    Path("run.yaml").write_text("task: xnli\nmodel: builtin\n")
    printed = cli("tune", "--config", "run.yaml", "--print-config").stdout
    assert "\nmodel: builtin\n" in printed
    assert "\ndata: builtin\n" in printed


def test_python_looks_for_studies_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUTOCLUE_FOLDER", "elsewhere")
    with pytest.raises(UsageError, match="No study is called 'demo' in elsewhere"):
        autoclue.load("demo")
