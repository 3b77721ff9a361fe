"""The machine of the command is lost with all that lay on it, but for database and store."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from autoclue import load
from autoclue.results import StudyResult
from benchmarks.crashes.kills import kill_all
from tests.integration.ray_nodes import (
    AUTOCLUE,
    FIRST_STEPS,
    LOG,
    PATIENCE_S,
    descendants,
    wait_for_text,
)
from tests.integration.test_populations import curve
from tests.search.inputs.test_bringing import WITH_TEST

pytestmark = [pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow]


@dataclass
class Machine:
    """What one machine has.

    Attributes:
        folder: All of it.
        storage: The database, which is elsewhere.
        store: The artifact store, which is elsewhere too.
        commands: What was started on it.
    """

    folder: Path
    storage: str
    store: str
    commands: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command there, in a folder of its own."""
        (self.folder / "here").mkdir(parents=True, exist_ok=True)
        own = {"AUTOCLUE_CACHE": str(self.folder / "cache"), "PYTHONPATH": str(self.folder)}
        command = subprocess.Popen(
            [*AUTOCLUE, *arguments, "--folder", str(self.folder / "studies"), "--parallel", "1"],
            cwd=self.folder / "here",
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.commands.append(command)
        return command

    def end(self) -> None:
        """Kill what still runs there."""
        for command in self.commands:
            if command.poll() is None:
                kill_all([command.pid, *descendants(command.pid)])
                command.communicate()

    def tune(self, study: str) -> subprocess.Popen[str]:
        """Start a search there."""
        what = ("--task", str(self.folder / "data" / "easy.yaml"))
        model = ("--model", str(self.folder / "model"), "--scheduler", "none")
        where = ("--study", study, "--storage", self.storage, "--artifacts", self.store)
        asked = ("--strategy", "own_strategies:Holding", "--set", "learning_rate=1e-3..1e-2:log")
        size = ("--trials", "3", "--max-steps", "40", "--seed", "3")
        return self.run("tune", *what, *model, *asked, *size, *where)

    def found(self, study: str) -> StudyResult:
        """Read a study there."""
        return load(study, folder=self.folder / "studies", follow_storage=True)


@pytest.fixture
def machine(
    easy_task: Path, tiny_model: Path, own_strategies: Path, tmp_path: Path
) -> Iterator[Machine]:
    """The machine where a study is begun."""
    folder = tmp_path / "lost"
    shutil.copytree(easy_task.parent, folder / "data")
    shutil.copyfile(folder / "data" / "dev.tsv", folder / "data" / "test.tsv")
    with (folder / "data" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write("天优地\tgood\n")  # a copy of what is judged by wouldn't be a test part
    (folder / "data" / "easy.yaml").write_text(WITH_TEST, encoding="utf-8")
    shutil.copytree(tiny_model, folder / "model")
    shutil.copy(own_strategies / "own_strategies.py", folder)
    store = str(tmp_path / "store")
    begun = Machine(folder, f"sqlite:///{tmp_path / 'studies.db'}", store)
    yield begun
    begun.end()


@pytest.fixture
def other(machine: Machine, tmp_path: Path) -> Iterator[Machine]:
    """A machine that has nothing yet."""
    empty = replace(machine, folder=tmp_path / "other", commands=[])
    yield empty
    empty.end()


def test_the_study_goes_on_elsewhere_from_database_and_store_alone(
    machine: Machine, other: Machine
) -> None:
    said = machine.tune("calm").communicate(timeout=PATIENCE_S)[0]
    calm = machine.found("calm")
    assert calm.model is not None, said
    (machine.folder / "hold").touch()
    cut = machine.tune("cut")
    trial = machine.folder / "studies" / "cut" / "trials" / "0001"
    wait_for_text(trial / LOG, FIRST_STEPS)
    kill_all([cut.pid, *descendants(cut.pid)])
    cut.communicate()
    shutil.rmtree(machine.folder)

    again = other.run("resume", "cut", "--storage", other.storage)
    said = again.communicate(timeout=PATIENCE_S)[0]

    assert again.returncode == 0, said
    assert said.count("comes from the artifact store: ") == 3, said
    found = other.found("cut")
    assert found.model == other.folder / "studies" / "cut" / "best"
    for name in ("winner", "baseline"):
        was, is_now = (getattr(each.study, name) for each in (calm, found))
        assert is_now.test_score is not None
        assert (is_now.number, is_now.test_score) == (was.number, was.test_score)
    assert found.study.winner is not None
    assert calm.study.winner is not None
    assert found.study.winner.label_counts == calm.study.winner.label_counts
    for is_now, was in zip(found.study.trials, calm.study.trials, strict=True):
        assert (is_now.config, is_now.state) == (was.config, was.state)
        assert curve(is_now.evaluations) == curve(was.evaluations)
    assert [each.restarts for each in found.study.trials] == [0, 1, 0]
