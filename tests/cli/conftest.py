"""The command line in this process, with an executor that trains nothing in place of Ray."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from autoclue.cli import main
from autoclue.records import Evaluation, LayerRate
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner

STEPS = (10, 20, 30)


Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]


@pytest.fixture(scope="session")
def cli_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder for all of these tests, so that the built-in text is generated once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _workplace(cli_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder, a terminal of a known size and no Ray."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(cli_cache))
    monkeypatch.setenv("COLUMNS", "100")
    variables = ("AUTOCLUE_DEBUG", "AUTOCLUE_DATA", "AUTOCLUE_MODEL", "AUTOCLUE_FOLDER")
    for name in ("NO_COLOR", "FORCE_COLOR", *variables):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "autoclue.search.execution.ray", None)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command, and give its exit code and what it printed."""

    def run(*arguments: str) -> CompletedProcess[str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["autoclue", *arguments])
        with pytest.raises(SystemExit, match=r"^[0-9]+$") as leaving:
            main()
        printed = capsys.readouterr()
        return CompletedProcess(arguments, int(str(leaving.value.code)), printed.out, printed.err)

    return run


@pytest.fixture
def tune(cli: Cli) -> Cli:
    """Run a search over the built-in text that is right as far as it goes."""

    def run(*more: str) -> CompletedProcess[str]:
        given = "tune --task xnli --model builtin --data builtin --folder studies --study mine"
        return cli(*given.split(), "--set", "learning_rate=1e-5..1e-3:log", *more)

    return run


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    """Make an evaluation of a trial that does ten updates a second."""
    return _evaluation


def _evaluation(step: int, score: float) -> Evaluation:
    return Evaluation(
        step=step,
        score=score,
        dev_loss=0.5,
        train_loss=0.6,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=0.1,
        elapsed_s=step / 10,
        epoch=1,
    )


@pytest.fixture
def prepared() -> Prepared:
    """What a trial of 30 updates knows of itself."""
    return PREPARED


PREPARED = Prepared(
    total_steps=30.0,
    evaluation_steps=STEPS,
    layer_rates=(LayerRate(0, "embeddings", 1.0, 1.0, True, 9),),
)


@pytest.fixture
def execute_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Runner], None]:
    """Put an executor in Ray's place; it has no machines to ask, and no GPU to share."""

    def put(runner: Runner) -> None:
        def run(*given: Any, expected: object = None, sharing: object = None, **more: Any) -> None:
            assert sharing is None
            runner(*given, **more)

        module = types.ModuleType("autoclue.search.execution.ray")
        module.run_with_ray = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return put


@pytest.fixture
def _scripted(execute_with: Callable[[Runner], None]) -> None:
    """Let searches run curves that are better the later the trial was asked."""

    def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
        while (asked := tuner.next_trial()) is not None:
            number = asked.number
            tuner.prepared(number, PREPARED)
            for step in STEPS:
                tuner.evaluated(number, _evaluation(step, (step + number) / 100))
            tuner.ended(number)

    execute_with(run)
