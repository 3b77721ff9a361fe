from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import StudyRecord
from autoclue.search.replay.audit import replay_asks
from autoclue.search.store import Ledger
from autoclue.search.study import find_study, load_study

Cli = Callable[..., CompletedProcess[str]]
FOLDER = Path("studies")


def study_of(name: str) -> StudyRecord:
    return load_study(find_study(FOLDER, name))


@pytest.fixture
def _other(cli: Cli, _scripted: None) -> None:
    """A finished study whose last trial won."""
    given = "tune --task xnli --model builtin --data builtin --folder studies --study other"
    assert cli(*given.split(), "--trials", "4").returncode == 0


@pytest.mark.usefixtures("_other")
def test_the_best_of_another_study_is_tried_after_the_baseline(tune: Cli) -> None:
    first = tune("--trials", "3", "--start-from", "other")
    winner = study_of("other").winner
    assert winner is not None
    own = study_of("mine").trials[1]
    assert {name: own.config[name] for name in ("learning_rate", "batch_size")} == {
        name: winner.config[name] for name in ("learning_rate", "batch_size")
    }
    assert "start  after the baseline the best of the study other: learning_rate=" in first.stderr

    assert tune("--trials", "5", "--start-from", "other").returncode == 0
    assert len(study_of("mine").trials) == 5
    place = find_study(FOLDER, "mine")
    assert replay_asks(Ledger.open(place.storage, place.name)) == []


@pytest.mark.usefixtures("_other")
def test_another_start_is_another_question(tune: Cli) -> None:
    tune("--trials", "2", "--start-from", "none")
    done = tune("--trials", "2", "--start-from", "other")
    assert done.returncode == 2
    assert "what is tried after the baseline was 'none' and is 'other'" in done.stderr


@pytest.mark.usefixtures("_scripted")
def test_the_model_that_ships_starts_as_it_always_did(tune: Cli) -> None:
    usual, without = tune("--trials", "2"), study_of("mine")
    assert "start  " not in usual.stderr
    assert "started_with" not in without.settings
