"""A real search that is killed at random moments again and again, against one that was not."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoclue.records import StudyRecord, TrialState
from autoclue.search.store.reader import read_study
from benchmarks.crashes.campaign import run_with_kills
from benchmarks.crashes.compare import comparable
from benchmarks.crashes.figures import ZEROS, Study, figures
from benchmarks.crashes.killed_study import Start, begin, wait_for
from benchmarks.crashes.kills import kill_all, living
from benchmarks.crashes.scene import STUDIES, Scene

pytestmark = [pytest.mark.minutes, pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow]

KILLS, SEED = 10, 1
"""Draws that hit each process; ``benchmarks.crashes`` has more."""
PATIENCE_S = 900


@pytest.fixture(scope="module")
def killed(crash_scene: Scene, crash_reference: StudyRecord) -> list[Study]:
    """Studies that were killed, one after another, until the kills were spent."""
    return run_with_kills(
        crash_scene, crash_reference, kills=KILLS, seed=SEED, prefix="killed", say=print
    )


def test_the_uninterrupted_study_has_real_stops(crash_reference: StudyRecord) -> None:
    stops = [trial.stop for trial in crash_reference.trials if trial.stop is not None]
    assert len(stops) >= 3
    assert all(stop.rung is not None and stop.comparators >= 3 for stop in stops)


def test_every_kill_is_survived(killed: list[Study]) -> None:
    found = figures(killed)
    assert found["kills"] == KILLS
    assert {name: found[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0)


def test_trials_go_on_from_their_checkpoints(killed: list[Study]) -> None:
    assert sum(study.findings.continued for study in killed) > 0


def test_nothing_is_left_of_trials_that_have_ended(killed: list[Study]) -> None:
    assert [study.findings.leftovers for study in killed] == [()] * len(killed)


def test_no_kill_shows_more_than_sentences(killed: list[Study]) -> None:
    assert [line for study in killed for line in study.outcome.odd_lines] == []
    assert [code for study in killed for code in study.outcome.odd_codes] == []


def autoclue(scene: Scene, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of autoclue to its end."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("autoclue")), *words],
        cwd=scene.folder,
        env=scene.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.fixture(scope="module")
def first(crash_scene: Scene) -> Iterator[Start]:
    """A command that runs a study and has reported an evaluation."""
    start = begin(crash_scene, "two-drivers")
    wait_for(lambda: " step " in start.printed() or start.over, "an evaluation")
    yield start
    kill_all([*living(start.process.pid)])


@pytest.fixture(scope="module")
def refused(crash_scene: Scene, first: Start) -> subprocess.CompletedProcess[str]:
    """A second command on the same study."""
    return autoclue(crash_scene, *crash_scene.words("two-drivers")[1:])


@pytest.fixture(scope="module")
def resumed(
    crash_scene: Scene, first: Start, refused: subprocess.CompletedProcess[str]
) -> StudyRecord:
    """The study after its driver was killed and ``autoclue resume`` has run to its end."""
    first.process.kill()
    assert first.process.wait() == -signal.SIGKILL
    done = autoclue(crash_scene, "resume", "two-drivers", "--folder", STUDIES, "--parallel", "1")
    assert done.returncode == 0, done.stderr
    return study_of(crash_scene)


def study_of(scene: Scene) -> StudyRecord:
    ledger = scene.ledger("two-drivers")
    assert ledger is not None
    return read_study(ledger)


def test_a_second_driver_is_refused_in_one_sentence(
    first: Start, refused: subprocess.CompletedProcess[str]
) -> None:
    assert refused.returncode == 1
    assert re.fullmatch(
        rf"autoclue: The study 'two-drivers' is being run by process {first.process.pid} on \S+ "
        r"since \S+; wait for it to end, or stop it, or begin another study with --study\.\n",
        refused.stderr,
    )


def test_resume_takes_over_from_a_killed_driver(
    resumed: StudyRecord, crash_reference: StudyRecord
) -> None:
    assert [*map(comparable, resumed.trials)] == [*map(comparable, crash_reference.trials)]


def test_a_finished_study_is_extended(crash_scene: Scene, resumed: StudyRecord) -> None:
    words = crash_scene.words("two-drivers")[1:]
    at = words.index("--trials")
    done = autoclue(crash_scene, *words[:at], "--extend", "2", *words[at + 2 :])

    extended = study_of(crash_scene)
    assert done.returncode == 0, done.stderr
    assert extended.trials[: crash_scene.trials] == resumed.trials
    assert len(extended.trials) == crash_scene.trials + 2
    assert TrialState.RUNNING not in {trial.state for trial in extended.trials}
