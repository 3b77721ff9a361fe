"""``autoclue suite`` with runs that are scripted; what the kept models predict is real."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.api import kept_predictions, predicting
from autoclue.predict_options import PredictArguments
from autoclue.results import PredictResult
from autoclue.training import TrialConfig
from tests.cli.suites.conftest import ScriptedExecutor
from tests.cli.suites.test_grid import settings_of
from tests.training.kept import keep_untrained

Cli = Callable[..., CompletedProcess[str]]
Suite = Callable[..., CompletedProcess[str]]


@pytest.fixture
def suite(cli: Cli, ten_tasks: Path, studies: Path) -> Suite:
    """Run a suite over the tiny text with the model that ships."""

    def run(*more: str) -> CompletedProcess[str]:
        given = f"suite --model builtin --data {ten_tasks} --max-steps 20 --parallel 1"
        return cli(*given.split(), "--suite", "mine", "--folder", str(studies), *more)

    return run


@pytest.fixture
def keeping(executor: ScriptedExecutor, tiny_model: Path, ten_tasks: Path) -> ScriptedExecutor:
    """Let every run leave a model whose head nothing was taught."""

    def keep(config: TrialConfig, folder: Path) -> None:
        keep_untrained(folder / "best", config.task, tiny_model, str(ten_tasks))

    executor.keep = keep
    return executor


class CutOff:
    """Predicts as usual, and is interrupted once before a given task."""

    def __init__(self, before: str) -> None:
        self.before: str | None = before
        self.predicted: list[str] = []
        self._whole = predicting

    def __call__(self, arguments: PredictArguments) -> PredictResult:
        name = arguments.out.name.partition("-")[0]
        if name == self.before:
            self.before = None
            raise KeyboardInterrupt
        self.predicted.append(name)
        return self._whole(arguments)


@pytest.mark.paddle
@pytest.mark.slow
def test_an_interrupted_suite_goes_on_to_its_archive_and_repeats_nothing(
    suite: Suite, keeping: ScriptedExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    predicted = CutOff(before="c3")
    monkeypatch.setattr(kept_predictions, "predicting", predicted)
    given = ("--tasks", "ocnli,c3", "--search", "discriminative", "--trials", "2")
    keeping.die_after = 5  # in the second trial of the first task
    assert suite(*given, "--submit", "clue.zip").returncode == 130
    keeping.die_after = None
    assert suite(*given, "--submit", "clue.zip").returncode == 130  # between two predictions
    assert (predicted.predicted, len(keeping.asked)) == (["ocnli"], 5)

    done = suite(*given, "--submit", "clue.zip")
    assert (done.returncode, len(keeping.asked)) == (0, 5)
    assert predicted.predicted == ["ocnli", "c3"]
    names = zipfile.ZipFile("clue.zip").namelist()
    assert names == ["ocnli_50k_predict.json", "c311_predict.json"]
    assert "4 of 4 runs complete" in done.stdout

    first = Path("clue.zip").read_bytes()
    assert suite(*given, "--submit", "clue.zip").returncode == 0
    assert (predicted.predicted, Path("clue.zip").read_bytes()) == (["ocnli", "c3"], first)


def test_a_suite_by_the_grid_runs_the_published_points(
    suite: Suite, cli: Cli, executor: ScriptedExecutor, studies: Path
) -> None:
    done = suite("--tasks", "c3,chid", "--search", "grid")
    assert (done.returncode, executor.asked) == (
        0, [each for pair in zip(settings_of("chid"), settings_of("c3"), strict=True)
            for each in pair],
    )  # fmt: skip
    assert "average of 2 tasks: 80.00" in done.stdout
    page = (studies / "mine/report.html").read_text(encoding="utf-8")
    assert "the mean of 2 tasks is 80.00%" in page

    again = cli("report", "mine", "--folder", str(studies), "--json")
    found = json.loads(again.stdout)
    assert [(r["task"], r["complete"]) for r in found["results"]] == [("chid", 6), ("c3", 6)]
    assert found["mean_percent"] == {"builtin": 80.0}
    drawn = cli("report", "mine", "--folder", str(studies), "--figures", "figures")
    assert (drawn.returncode, "mine is a suite" in drawn.stderr) == (2, True)


def test_a_task_that_fails_keeps_no_other_from_being_searched(
    suite: Suite, executor: ScriptedExecutor
) -> None:
    for size in (16, 32, 64):
        executor.failing[("ocnli", 6e-4, size, 0.1)] = 9
    given = ("--tasks", "ocnli,c3", "--search", "uniform", "--trials", "1")
    done = suite(*given)
    assert done.returncode == 1
    assert "ocnli has no result: The only trial failed: " in done.stderr
    assert [each[0] for each in executor.asked] == ["ocnli", "c3"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--tasks", "xnli"), "Unknown task of the published grid 'xnli'"),
        (("--trials", "3"), "the published grid has its own number of runs"),
        (("--search", "discriminativ"), "Unknown strategy 'discriminativ'"),
        (("--submit", "."), "is a folder; give the archive a name"),
    ],
)
def test_mistakes_of_a_suite_are_one_sentence(
    suite: Suite, words: tuple[str, ...], sentence: str, studies: Path
) -> None:
    done = suite(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not studies.exists()
