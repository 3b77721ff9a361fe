from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from autoclue.records import StudyRecord
from autoclue.search.study import find_study, load_study

Cli = Callable[..., CompletedProcess[str]]
SEARCH = ("--trials", "3", "--parallel", "1", "--baseline", "learning_rate=1e-4")


def study(folder: Path) -> StudyRecord:
    return load_study(find_study(folder, "mine"))


def own_run(folder: Path) -> Path:
    return folder / "studies" / "mine" / "run.yaml"


@pytest.mark.usefixtures("_scripted")
def test_a_study_keeps_a_run_that_starts_the_same_search_again(
    cli: Cli, tune: Cli, tmp_path: Path
) -> None:
    tune(*SEARCH)
    done = cli("tune", "--config", str(own_run(tmp_path)), "--folder", "others")
    assert done.returncode == 0
    first, again = (study(tmp_path / name) for name in ("studies", "others"))
    assert [t.config for t in again.trials] == [t.config for t in first.trials]
    assert again.trials[0].config["learning_rate"] == 1e-4


@pytest.mark.usefixtures("_scripted")
def test_its_own_run_goes_on_with_a_study(cli: Cli, tune: Cli, tmp_path: Path) -> None:
    tune(*SEARCH)
    done = cli("tune", "--config", str(own_run(tmp_path)), "--extend", "2")
    assert "3 trials are recorded already" in done.stderr
    assert len(study(tmp_path / "studies").trials) == 5
    assert yaml.safe_load(own_run(tmp_path).read_text())["trials"] == 5


@pytest.mark.usefixtures("_scripted")
def test_a_printed_run_is_complete_and_starts_nothing(tune: Cli, cli: Cli, tmp_path: Path) -> None:
    done = tune(*SEARCH, "--print-config")
    assert not (tmp_path / "studies").exists()
    (tmp_path / "run.yaml").write_text(done.stdout, encoding="utf-8")
    assert cli("tune", "--config", "run.yaml", "--print-config").stdout == done.stdout


def test_a_training_is_printed_and_read_back(cli: Cli, tmp_path: Path) -> None:
    words = ("train", "--task", "ocnli", "--learning-rate", "1e-3", "--set", "weight_decay=0")
    done = cli(*words, "--print-config")
    (tmp_path / "run.yaml").write_text(done.stdout, encoding="utf-8")
    again = cli("train", "--config", "run.yaml", "--epochs", "2", "--print-config")
    assert again.stdout == done.stdout.replace("epochs: null", "epochs: 2")


@pytest.mark.usefixtures("_scripted")
def test_another_baseline_is_another_question(tune: Cli) -> None:
    tune("--trials", "1", "--parallel", "1")
    done = tune(*SEARCH)
    assert done.returncode == 2
    assert "and is {'learning_rate': 0.0001}" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "learning_rate=1e-5,1e-4",
            "More than one value is given for learning_rate; the base",
        ),
        ("factor=1.1", "'factor' is not known"),
        ("learning_rate=-1", "learning_rate"),
    ],
)
def test_a_baseline_that_is_no_configuration_is_refused(
    words: str, message: str, tune: Cli
) -> None:
    done = tune("--baseline", words)
    assert done.returncode == 2
    assert message in done.stderr
