"""One search that is interrupted twice and then goes on to its end, as separate processes."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autoclue.records import StudyRecord, TrialState
from autoclue.search.study.location import find_study, load_study
from tests.integration.sockets import LOOPBACK, listening

pytestmark = [pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow]

TRIALS = 4
STEPS = tuple(range(10, 410, 10))
PATIENCE_S = 400


@dataclass(frozen=True, slots=True)
class Run:
    """One start of the command: how it left, what it printed and what the ledger then held.

    Attributes:
        listened: Addresses on which its processes listened before they were signalled.
    """

    code: int
    out: str
    err: str
    study: StudyRecord
    report_written: bool
    listened: frozenset[str]


def living(session: int) -> list[int]:
    """The processes of a session that have not ended; zombies have."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing happened within {PATIENCE_S} s")
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Command:
    """The command, in a working folder that holds the strategy it names."""

    folder: Path
    words: list[str]
    environment: dict[str, str]

    def run(self, *, until: str | None = None, then: signal.Signals | None = None) -> Run:
        """Start it in a session of its own, and signal all of that once a line appears."""
        out, err = self.folder / "out", self.folder / "err"
        listened: frozenset[str] = frozenset()
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(
                self.words,
                cwd=self.folder,
                env=self.environment,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            try:
                if until is not None and then is not None:
                    wait_for(lambda: until in err.read_text() or process.poll() is not None)
                    assert process.poll() is None, err.read_text()
                    listened = listening(living(process.pid))
                    os.killpg(process.pid, then)
                code = process.wait(PATIENCE_S)
                wait_for(lambda: not living(process.pid))
            finally:
                for pid in living(process.pid):
                    with contextlib.suppress(ProcessLookupError):  # it has just ended
                        os.kill(pid, signal.SIGKILL)
        study = load_study(find_study(self.folder / "studies", "mine"))
        written = (self.folder / "studies" / "mine" / "report.html").is_file()
        return Run(code, out.read_text(), err.read_text(), study, written, listened)


@pytest.fixture(scope="module")
def command(
    easy_task: Path,
    tiny_model: Path,
    own_strategies: Path,
    integration_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Command:
    """Tune the easy task with a strategy of the working folder, two trials at once."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "own_strategies.py").write_bytes((own_strategies / "own_strategies.py").read_bytes())
    autoclue = str(Path(sys.executable).with_name("autoclue"))
    words = [autoclue, "tune", "--task", str(easy_task), "--model", str(tiny_model)]
    words += ["--strategy", "own_strategies:Holding", "--set", "learning_rate=1e-4..1e-2:log"]
    words += ["--set", "batch_size=16", "--scheduler", "none", "--parallel", "2"]
    words += ["--trials", str(TRIALS), "--max-steps", "400"]
    words += ["--folder", "studies", "--study", "mine"]
    environment = {**os.environ, "PYTHONPATH": ".", "AUTOCLUE_CACHE": str(integration_cache)}
    return Command(folder, words, environment)


@pytest.fixture(scope="module")
def interrupted(command: Command) -> Run:
    """Ctrl-C, which reaches every process of the terminal, while trial 1 stands still."""
    (command.folder / "hold").touch()
    return command.run(until="trial 1 step 10/", then=signal.SIGINT)


@pytest.fixture(scope="module")
def killed(command: Command, interrupted: Run) -> Run:
    """The same command, killed with all that it has started while trials 1 and 2 stand still."""
    return command.run(until="trial 2 step 10/", then=signal.SIGKILL)


@pytest.fixture(scope="module")
def finished(command: Command, killed: Run) -> Run:
    """The same command, left alone."""
    (command.folder / "hold").unlink()
    return command.run()


def states(run: Run) -> list[TrialState]:
    """How the trials stand in the ledger."""
    return [trial.state for trial in run.study.trials]


def test_interruption_says_one_sentence_and_leaves_with_130(interrupted: Run) -> None:
    *lines, last = interrupted.err.splitlines()
    assert interrupted.code == 130
    assert interrupted.out == ""
    assert last == "autoclue: Interrupted. Run the same command again to go on."
    begun = next(i for i, line in enumerate(lines) if "trial 0 begins" in line)
    stamp = len("12:00:00 ")
    rest = [line for line in lines[begun:] if not line[stamp:].startswith("trial ")]
    assert [line[stamp:].split(",")[0] for line in rest] == ["Stopping the study mine"]


def test_interruption_leaves_a_ledger_with_what_was_reported(interrupted: Run) -> None:
    assert states(interrupted)[1] is TrialState.RUNNING
    steps = {t.number: tuple(e.step for e in t.evaluations) for t in interrupted.study.trials}
    printed = re.findall(r"^\S+ trial (\d+) step (\d+)/", interrupted.err, re.MULTILINE)
    assert ("1", "10") in printed
    assert {(int(n), int(s)) for n, s in printed} <= {(n, s) for n in steps for s in steps[n]}
    assert all(reported == STEPS[: len(reported)] for reported in steps.values())
    assert interrupted.report_written


def test_a_search_of_this_machine_listens_on_the_loopback_alone(interrupted: Run) -> None:
    assert interrupted.listened
    assert interrupted.listened <= LOOPBACK


def test_killed_search_leaves_a_ledger_and_no_process(killed: Run) -> None:
    assert killed.code == -signal.SIGKILL
    assert killed.out == ""
    assert states(killed) == [TrialState.COMPLETE, TrialState.RUNNING, TrialState.RUNNING]


def test_same_command_finishes_what_was_interrupted_and_killed(finished: Run) -> None:
    assert finished.code == 0
    assert states(finished) == [TrialState.COMPLETE] * TRIALS
    for trial in finished.study.trials:
        assert tuple(e.step for e in trial.evaluations) == STEPS


def test_interrupted_trials_go_on_with_the_settings_they_had(killed: Run, finished: Run) -> None:
    again = finished.study.trials[: len(killed.study.trials)]
    assert [t.config for t in again] == [t.config for t in killed.study.trials]
    assert [t.baseline for t in again] == [True, False, False]
    assert [t.restarts for t in again[1:]] == [2, 1]


def test_interrupted_trials_go_on_from_their_checkpoint(command: Command, finished: Run) -> None:
    logs = [command.folder / f"studies/mine/trials/000{n}/train.log" for n in (1, 2)]
    assert [log.read_text().count("continues from step 10") for log in logs] == [2, 1]


def test_no_configuration_is_asked_twice(finished: Run) -> None:
    asked = [repr(sorted(trial.params.items())) for trial in finished.study.trials]
    assert len(set(asked)) == TRIALS


def test_finished_search_prints_its_result_and_no_noise(finished: Run) -> None:
    lines = finished.out.splitlines()
    assert lines[0] == ""
    assert lines[2] == "The search ended after 4 of 4 trials: all 4 trials have been asked."
    assert [line.split(maxsplit=1)[0] for line in lines[3:]] == [
        *("protocol", "report", "numbers", "model", "next", "predict")
    ]
    noise = [
        line
        for line in finished.err.splitlines()
        if "Warning" in line or "Traceback" in line or "ray" in line.lower()
    ]
    assert noise == []
