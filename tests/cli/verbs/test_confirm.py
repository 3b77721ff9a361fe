from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.execution.resources import Resources
from autoclue.search.store.lease import driving
from autoclue.search.store.schema import Prepared
from autoclue.search.study.location import find_study, load_study
from autoclue.search.tuner.tuner import Tuner

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]
ExecuteWith = Callable[[Runner], None]
AGAIN = ("confirm", "mine", "--folder", "studies", "--parallel", "1")
TWICE = ("--trials", "3", "--parallel", "1", "--confirm", "1", "--seeds", "2")

scripted = pytest.mark.usefixtures("_scripted")


def study(tmp_path: Path) -> StudyRecord:
    return load_study(find_study(tmp_path / "studies", "mine"))


def pairs(tmp_path: Path) -> list[tuple[int, int]]:
    """Whose settings were trained with which seed, in the order of the ledger."""
    asked = study(tmp_path).confirmation
    return [] if asked is None else [(run.of, run.seed) for run in asked.runs]


@pytest.fixture
def seeds(tmp_path: Path) -> Callable[[], tuple[int, ...]]:
    """Return the seeds that were asked for last."""

    def asked() -> tuple[int, ...]:
        found = study(tmp_path).confirmation
        return () if found is None else found.seeds

    return asked


@pytest.fixture
def interrupted(
    execute_with: ExecuteWith, prepared: Prepared, evaluation: Callable[..., Evaluation]
) -> Callable[[int], None]:
    """Let executors break off in the middle of the so-manieth trial that they are given."""

    def after(trials: int) -> None:
        def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
            for place in range(trials):
                asked = tuner.next_trial()
                assert asked is not None
                tuner.prepared(asked.number, prepared)
                tuner.evaluated(asked.number, evaluation(10, 0.5))
                if place + 1 == trials:
                    raise KeyboardInterrupt
                tuner.evaluated(asked.number, evaluation(30, 0.6))
                tuner.ended(asked.number)

        execute_with(run)

    return after


@scripted
def test_best_and_baseline_are_trained_again_after_the_search(tune: Cli, tmp_path: Path) -> None:
    done = tune(*TWICE)
    assert done.returncode == 0
    screen = " ".join(done.stderr.split())
    assert "confirm then the best 1 and the baseline again, with 2 other seeds each" in screen
    assert "confirm trial 2, trial 0 (baseline), each with the seeds" in screen
    assert "4 of 4 ended" in screen
    assert "Trained again with 2 other seeds each, trial" in done.stdout
    assert "The kept model is the search's own" in done.stdout
    results = json.loads((tmp_path / "studies/mine/results.json").read_text(encoding="utf-8"))
    assert len(results["confirmation"]["runs"]) == 4
    assert len(results["trials"]) == 3


@scripted
def test_every_configuration_meets_every_seed_once(
    tune: Cli, tmp_path: Path, seeds: Callable[[], tuple[int, ...]]
) -> None:
    tune(*TWICE)
    assert pairs(tmp_path) == [(of, seed) for seed in seeds() for of in (2, 0)]
    runs: Any = study(tmp_path).confirmation
    assert {run.trial.state for run in runs.runs} == {TrialState.COMPLETE}
    assert all(run.trial.config["seed"] == run.seed != 42 for run in runs.runs)


@scripted
def test_same_command_again_trains_nothing(
    tune: Cli, execute_with: ExecuteWith, tmp_path: Path
) -> None:
    tune(*TWICE)
    before = study(tmp_path)

    def nothing(tuner: Tuner, folder: Path, resources: Resources) -> None:
        raise AssertionError("something is run")

    execute_with(nothing)
    done = tune(*TWICE)
    assert "goes on 4 of 4 confirmation runs are done already" in " ".join(done.stderr.split())
    assert study(tmp_path) == before


@scripted
def test_more_seeds_and_more_of_the_best_add_what_is_missing(cli: Cli, tune: Cli) -> None:
    tune(*TWICE)
    done = cli(
        *[
            "confirm",
            "mine",
            "--folder",
            "studies",
            "--confirm",
            "2",
            "--seeds",
            "3",
            "--parallel",
            "1",
        ]
    )
    assert done.returncode == 0
    assert done.stderr.count("begins") == 9 - 4
    assert "goes on 4 of 9" in " ".join(done.stderr.split())


@pytest.mark.parametrize("trials", [1, 2, 4])
def test_interrupted_retraining_goes_on_and_repeats_nothing(
    tune: Cli,
    interrupted: Callable[[int], None],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    trials: int,
) -> None:
    request.getfixturevalue("_scripted")
    tune("--trials", "3", "--parallel", "1")
    interrupted(trials)
    broken = tune(*TWICE)
    assert broken.returncode == 130
    assert len(pairs(tmp_path)) == trials
    request.getfixturevalue("_again")
    assert tune(*TWICE).returncode == 0
    assert len(pairs(tmp_path)) == len(set(pairs(tmp_path))) == 4
    asked: Any = study(tmp_path).confirmation
    assert [run.trial.restarts for run in asked.runs].count(1) == 1


@pytest.fixture
def _again(
    execute_with: ExecuteWith, prepared: Prepared, evaluation: Callable[..., Evaluation]
) -> None:
    """Let executors run every trial from where it is to its end."""

    def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
        while (asked := tuner.next_trial()) is not None:
            tuner.prepared(asked.number, prepared)
            for step in (10, 20, 30):
                tuner.evaluated(asked.number, evaluation(step, 0.5 + asked.number / 100))
            tuner.ended(asked.number)

    execute_with(run)


@scripted
def test_report_of_a_confirmed_study_is_written_from_the_ledger_alone(
    cli: Cli, tune: Cli, tmp_path: Path
) -> None:
    page = tmp_path / "studies/mine/report.html"
    tune(*TWICE)
    written = page.read_text(encoding="utf-8")
    page.unlink()
    assert "Trained again with 2" in cli("report", "mine", "--folder", "studies").stdout
    assert page.read_text(encoding="utf-8") == written


@scripted
def test_second_retraining_at_once_is_refused(cli: Cli, tune: Cli, tmp_path: Path) -> None:
    tune("--trials", "2", "--parallel", "1")
    own = find_study(tmp_path / "studies", "mine").confirmation
    with driving(own.storage, own.name):
        done = cli(*AGAIN)
    assert done.returncode == 1
    assert "The study 'mine.confirm' is being run by process" in done.stderr


def test_study_without_a_complete_trial_has_nothing_to_confirm(
    cli: Cli, tune: Cli, interrupted: Callable[[int], None]
) -> None:
    interrupted(1)
    tune("--trials", "2", "--parallel", "1")
    done = cli("confirm", "mine", "--folder", "studies")
    assert done.returncode == 2
    assert "'mine' has no complete trial" in done.stderr


@scripted
def test_retraining_that_always_fails_leaves_with_1_and_the_reason(
    cli: Cli, tune: Cli, execute_with: ExecuteWith
) -> None:
    def failing(tuner: Tuner, folder: Path, resources: Resources) -> None:
        while (asked := tuner.next_trial()) is not None:
            tuner.failed(asked.number, "the model has no layers")

    tune("--trials", "2", "--parallel", "1")
    execute_with(failing)
    done = cli(*AGAIN)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "autoclue: Every one of 3 trainings with other seeds failed; the first one said: the "
        "model has no layers"
    )


@scripted
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--confirm 0", "confirm is 0, but must be at least 1"),
        ("--confirm 2 --seeds 1", "seeds is 1, but must be at least 2"),
        ("--seeds 5", "seeds is 5, but nothing is to be confirmed"),
    ],
)
def test_numbers_out_of_range_are_one_sentence(tune: Cli, words: str, said: str) -> None:
    done = tune(*words.split())
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


@scripted
def test_search_that_has_the_name_of_a_retraining_is_left_alone(cli: Cli, tune: Cli) -> None:
    tune("--trials", "1", "--parallel", "1", "--storage", "sqlite:///all.db")
    theirs = "--task xnli --model builtin --data builtin --folder studies --study mine.confirm"
    cli(
        "tune",
        *theirs.split(),
        *["--trials", "1", "--parallel", "1", "--storage", "sqlite:///all.db"],
    )
    read = cli("report", "mine", "--folder", "studies", "--follow-storage")
    assert read.returncode == 0
    done = cli(*AGAIN)
    assert done.returncode == 2
    assert "is no confirmation of 'mine'" in done.stderr
