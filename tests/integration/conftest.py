"""Real searches: Ray, Paddle and the engine, on a task that is learnt within seconds."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoclue.records import StudyRecord
from autoclue.search.execution.ray.quiet import VARIABLES
from benchmarks.crashes.campaign import run_in_peace
from benchmarks.crashes.scene import Scene, make_scene

OWN_STRATEGIES = '''
"""Strategies that a user might write, in a file of the working folder."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from autoclue.strategies.uniform import Uniform

NOTES = Path(__file__).parent


@dataclass(frozen=True)
class Noting:
    """Plain fine-tuning that notes in which process it happens."""

    name = "noting"

    def plan(self, encoder, *, weight_decay, epoch):
        (NOTES / f"pid-{os.getpid()}").touch()
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)


@dataclass(frozen=True)
class Holding:
    """Plain fine-tuning that stands still after its first pass while a file is there."""

    name = "holding"

    def plan(self, encoder, *, weight_decay, epoch):
        while epoch == 2 and (NOTES / "hold").exists():
            time.sleep(0.05)
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)


@dataclass(frozen=True)
class Failing:
    """Fine-tuning that never begins."""

    name = "failing"

    def plan(self, encoder, *, weight_decay, epoch):
        raise RuntimeError("there is no plan today")


@dataclass(frozen=True)
class FailsThere:
    """Plain fine-tuning that fails on machines where a variable is set."""

    name = "fails-there"

    def plan(self, encoder, *, weight_decay, epoch):
        if "BLACK_HOLE" in os.environ:
            raise RuntimeError("nothing can be trained in a black hole")
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)


@dataclass(frozen=True)
class DiesOnce:
    """Plain fine-tuning that kills its process the first time."""

    name = "dies-once"

    def plan(self, encoder, *, weight_decay, epoch):
        if not (NOTES / "died").exists():
            (NOTES / "died").touch()
            os.write(2, b"FatalError: `Segmentation fault` is detected\\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)


@dataclass(frozen=True)
class CardDiesOnce:
    """Plain fine-tuning that kills the second card's process in its second epoch, once."""

    name = "card-dies-once"

    def plan(self, encoder, *, weight_decay, epoch):
        second = os.environ.get("PADDLE_TRAINER_ID") == "1"
        if epoch == 2 and second and not (NOTES / "card-died").exists():
            (NOTES / "card-died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)
'''


@pytest.fixture(scope="session")
def own_strategies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module of strategies."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own_strategies.py").write_text(OWN_STRATEGIES, encoding="utf-8")
    return folder


@pytest.fixture(scope="session", autouse=True)
def integration_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for this process and its workers."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def _ray(own_strategies: Path, integration_cache: Path) -> Iterator[None]:
    """Ray as a notebook may have started it; searches of this process share its workers."""
    import ray

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(own_strategies), *sys.path]))
        patch.syspath_prepend(str(own_strategies))
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
        try:
            yield
        finally:
            ray.shutdown()


@pytest.fixture(scope="session")
def crash_scene() -> Iterator[Scene]:
    """A tiny task, model and command, in a folder whose path is short enough for Ray's sockets."""
    folder = Path(tempfile.mkdtemp(prefix="crashes-"))
    yield make_scene(folder, trials=12)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def crash_reference(crash_scene: Scene) -> StudyRecord:
    """The study that nobody disturbs."""
    return run_in_peace(crash_scene, "reference")
