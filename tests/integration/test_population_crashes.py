"""Real trainings of members that go on from each other, killed at random moments."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autoclue.records import StudyRecord, TrialState
from autoclue.search.store import read_study
from benchmarks.crashes.compare import comparable
from tests.integration.population_run import MEMBERS, ledger_of

pytestmark = [pytest.mark.paddle, pytest.mark.slow]

KILLS = 6
MOST_EVENTS = 30
PATIENCE_S = 600
ROOT = Path(__file__).parents[2]


def start(folder: Path, task: Path, model: Path, cache: Path) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "tests.integration.population_run"]
    return subprocess.Popen(
        [*words, str(folder), str(task), str(model)],
        cwd=ROOT,
        env={**os.environ, "AUTOCLUE_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
    )


def whole(process: subprocess.Popen[str], folder: Path) -> StudyRecord:
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    return read_study(ledger_of(folder))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    both = tmp_path_factory.mktemp("populations")
    return both / "whole", both / "killed"


@pytest.fixture(scope="module")
def undisturbed(
    folders: tuple[Path, Path], easy_task: Path, tiny_model: Path, cache: Path
) -> StudyRecord:
    return whole(start(folders[0], easy_task, tiny_model, cache), folders[0])


@pytest.fixture(scope="module")
def killed(
    folders: tuple[Path, Path], easy_task: Path, tiny_model: Path, cache: Path
) -> StudyRecord:
    """A population whose process is killed after some events, again and again."""
    draw = random.Random(11)
    for _ in range(KILLS):
        process = start(folders[1], easy_task, tiny_model, cache)
        assert process.stdout is not None
        for _ in range(draw.randint(1, MOST_EVENTS)):
            process.stdout.readline()
        process.kill()
        process.wait()
    return whole(start(folders[1], easy_task, tiny_model, cache), folders[1])


def test_a_population_that_was_killed_ends_as_one_that_was_not(
    killed: StudyRecord, undisturbed: StudyRecord
) -> None:
    assert [*map(comparable, killed.trials)] == [*map(comparable, undisturbed.trials)]
    assert [t.segment for t in killed.trials] == [t.segment for t in undisturbed.trials]
    assert killed.boundaries == undisturbed.boundaries
    assert sum(trial.restarts for trial in killed.trials) >= 1


def test_members_have_taken_over_from_each_other(undisturbed: StudyRecord) -> None:
    fates = [fate for boundary in undisturbed.boundaries for fate in boundary.fates]
    assert sum(fate.donor is not None for fate in fates) >= 2
    assert len(undisturbed.trials) == 1 + 4 * MEMBERS
    assert {trial.state for trial in undisturbed.trials} == {TrialState.COMPLETE}


def test_the_kept_model_is_the_same_and_nothing_else_is_left(
    killed: StudyRecord, undisturbed: StudyRecord, folders: tuple[Path, Path]
) -> None:
    kept = [(folder / "best" / "model.safetensors").read_bytes() for folder in folders]
    assert hashlib.sha256(kept[0]).digest() == hashlib.sha256(kept[1]).digest()
    left = [[*folder.glob("trials/*/state.safetensors")] for folder in folders]
    assert left == [[], []]


def test_the_winners_recipe_from_scratch_is_the_winner(
    undisturbed: StudyRecord, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autoclue.training import TrialConfig
    from autoclue.training.data.workspace import Workspace
    from autoclue.training.loop.trial import Trial

    recipes = [t for t in undisturbed.complete if t.config.get("changes")]
    best = max(recipes, key=lambda trial: trial.best_score or 0.0)
    config = TrialConfig.model_validate(best.config)
    trial = Trial(config, Workspace(cache=cache), folder=tmp_path)
    while trial.advance() is not None:
        pass
    again = comparable(replace(best, evaluations=trial.history))
    assert again["evaluations"] == comparable(best)["evaluations"]
