"""A confirmation that was asked for is gone on with, whichever command is given again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import Confirmation, Evaluation, StudyRecord
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.study.location import find_study, load_study
from autoclue.search.tuner.tuner import Tuner

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]
ExecuteWith = Callable[[Runner], None]
ONE = ("--parallel", "1")
THREE = ("--trials", "3", *ONE)
TWICE = ("--confirm", "1", "--seeds", "2")


def study(tmp_path: Path) -> StudyRecord:
    return load_study(find_study(tmp_path / "studies", "mine"))


def confirmation(tmp_path: Path) -> Confirmation:
    found = study(tmp_path).confirmation
    assert found is not None
    return found


@pytest.fixture
def run_at_most(
    execute_with: ExecuteWith, prepared: Prepared, evaluation: Callable[..., Evaluation]
) -> Callable[[int], None]:
    """Let executors run trials, better the later, and break off in one after so many more."""

    def at_most(trials: int) -> None:
        left = iter(range(trials))

        def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
            while (asked := tuner.next_trial()) is not None:
                tuner.prepared(asked.number, prepared)
                tuner.evaluated(asked.number, evaluation(10, 0.1 + asked.number / 100))
                if next(left, None) is None:
                    raise KeyboardInterrupt
                tuner.evaluated(asked.number, evaluation(30, 0.2 + asked.number / 100))
                tuner.ended(asked.number)

        execute_with(run)

    return at_most


@pytest.fixture
def resume(cli: Cli) -> Cli:
    """Go on with the study."""

    def run(*more: str) -> CompletedProcess[str]:
        return cli("resume", "mine", "--folder", "studies", *ONE, *more)

    return run


@pytest.mark.parametrize("trials", [0, 2, 3, 4, 6])
def test_resume_confirms_what_an_interrupted_tune_was_asked_to(
    tune: Cli, resume: Cli, run_at_most: Callable[[int], None], tmp_path: Path, trials: int
) -> None:
    run_at_most(trials)
    assert tune(*THREE, *TWICE).returncode == 130
    run_at_most(99)
    done = resume()
    assert done.returncode == 0
    assert "then the best 1 and the baseline again, with 2 other seeds" in done.stderr
    assert len(study(tmp_path).trials) == 3
    assert len(confirmation(tmp_path).runs) == 4
    assert confirmation(tmp_path).finished


def test_resume_goes_on_with_an_interrupted_confirm(
    cli: Cli, tune: Cli, resume: Cli, run_at_most: Callable[[int], None], tmp_path: Path
) -> None:
    run_at_most(3 + 1)
    tune(*THREE)
    again = ("confirm", "mine", "--folder", "studies", "--confirm", "2", "--seeds", "3", *ONE)
    assert cli(*again).returncode == 130
    assert not confirmation(tmp_path).finished
    run_at_most(99)
    assert resume().returncode == 0
    found = confirmation(tmp_path)
    assert (found.best, len(found.seeds), len(found.runs)) == (2, 3, 9)


def test_study_that_goes_on_confirms_its_new_best_when_tune_was_asked_to(
    tune: Cli, resume: Cli, run_at_most: Callable[[int], None], tmp_path: Path
) -> None:
    run_at_most(99)
    tune(*THREE, *TWICE)
    assert confirmation(tmp_path).candidates == (2, 0)
    resume("--extend", "1")
    assert confirmation(tmp_path).candidates == (3, 0)
    assert confirmation(tmp_path).finished


def test_finished_confirm_is_not_repeated_for_a_study_that_goes_on(
    cli: Cli, tune: Cli, resume: Cli, run_at_most: Callable[[int], None], tmp_path: Path
) -> None:
    run_at_most(99)
    tune(*THREE)
    cli("confirm", "mine", "--folder", "studies", "--confirm", "1", "--seeds", "2", *ONE)
    before = confirmation(tmp_path)
    assert "then the best" not in resume("--extend", "1").stderr
    assert (len(study(tmp_path).trials), confirmation(tmp_path)) == (4, before)


def test_newest_tune_decides_whether_resume_confirms(
    tune: Cli, resume: Cli, run_at_most: Callable[[int], None], tmp_path: Path
) -> None:
    run_at_most(1)
    tune(*THREE, *TWICE)
    tune(*THREE)
    run_at_most(99)
    assert resume().returncode == 0
    assert study(tmp_path).confirmation is None
