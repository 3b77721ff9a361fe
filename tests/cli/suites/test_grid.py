from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.search.suite import published_points
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from tests.cli.suites.conftest import ScriptedExecutor, Settings

Cli = Callable[..., CompletedProcess[str]]

SUMMARY = """\
AFQMC\tTNEWS\tIFLYTEK\tCMNLI\tOCNLI\tCLUEWSC2020\tCSL\tCMRC2018\tCHID\tC3
80.00\t80.00\t80.00\t80.00\t80.00\t80.00\t80.00\t80.00/90.00\t80.00\t80.00
====================================================================
Best hyper-parameters list:\u0020
====================================================================
TASK\tresult\t(lr, batch_size, dropout_p)
AFQMC\t80.00\t(2e-05,32,0.1)
TNEWS\t80.00\t(2e-05,32,0.1)
IFLYTEK\t80.00\t(2e-05,32,0.1)
CMNLI\t80.00\t(2e-05,32,0.1)
OCNLI\t80.00\t(2e-05,32,0.1)
CLUEWSC2020\t80.00\t(2e-05,32,0.1)
CSL\t80.00\t(2e-05,32,0.1)
CMRC2018\t80.00/90.00\t(2e-05,32,0.1)
CHID\t80.00\t(2e-05,32,0.1)
C3\t80.00\t(2e-05,32,0.1)
====================================================================
average of 10 tasks, exact match of CMRC2018: 80.00
134 of 134 runs complete
"""


@pytest.fixture
def grid(cli: Cli, ten_tasks: Path, studies: Path) -> Cli:
    """Run a grid over the tiny text with the model that ships."""

    def run(*more: str) -> CompletedProcess[str]:
        given = f"grid --model builtin --data {ten_tasks} --max-steps 20 --parallel 1"
        return cli(*given.split(), "--suite", "mine", "--folder", str(studies), *more)

    return run


def settings_of(task: str | None = None) -> list[Settings]:
    """The runs of the grid in their order."""
    points = published_points() if task is None else published_points([task])
    return [
        (
            point.task,
            float(str(point.params["learning_rate"])),
            int(str(point.params["batch_size"])),
            float(str(point.params.get("dropout", 0.1))),
        )
        for point in points
    ]


def config_of(task: str, rate: float, size: int, dropout: float) -> TrialConfig:
    """The complete settings of a run."""
    return build_config(
        load_task(task).recipe,
        task=task,
        model="builtin",
        data="builtin",
        strategy="uniform",
        settings={"learning_rate": rate, "batch_size": size, "dropout": dropout},
    )


@pytest.mark.slow
def test_whole_grid_that_is_interrupted_twice_ends_as_the_published_summary(
    grid: Cli, executor: ScriptedExecutor
) -> None:
    for after in (100, 151):
        executor.die_after = after
        assert grid().returncode == 130
    executor.die_after = None
    done = grid()
    assert (done.returncode, done.stdout) == (0, SUMMARY)
    # Interrupted runs are asked for once more, and nothing else is.
    assert list(dict.fromkeys(executor.asked)) == settings_of()
    assert len(executor.asked) == 134 + 2

    again = grid()
    assert (again.returncode, again.stdout) == (0, SUMMARY)
    assert len(executor.asked) == 134 + 2
    assert "134 of 134 runs are complete already" in again.stderr


def test_plan_lists_the_published_runs_and_makes_nothing(grid: Cli, studies: Path) -> None:
    done = grid("--plan", "--json")
    assert done.stderr == ""
    rows = json.loads(done.stdout)
    listed = [(r["task"], r["learning_rate"], r["batch_size"], r["dropout"]) for r in rows]
    assert listed == settings_of()
    assert [r["run"] for r in rows] == list(range(1, 135))
    assert {r["steps"] for r in rows if r["task"] == "csl"} == {20}
    assert {r["steps"] for r in rows if r["task"] == "cmrc2018"} == {None}
    assert not studies.exists()


def test_failures_are_tried_again_at_the_end_and_not_for_ever(
    grid: Cli, executor: ScriptedExecutor
) -> None:
    once, always = settings_of("chid")[0], settings_of("chid")[1]
    executor.failing = {once: 1, always: 4}
    done = grid("--tasks", "chid")
    assert done.returncode == 1
    assert done.stdout.endswith("5 of 6 runs complete, 1 failed\n")
    assert executor.asked == [*settings_of("chid"), once, always, always]

    assert grid("--tasks", "chid").returncode == 1
    assert len(executor.asked) == 9
    done = grid("--tasks", "chid", "--retry-failed")
    assert (done.returncode, executor.asked[9:]) == (0, [always, always])
    assert done.stdout.endswith("6 of 6 runs complete\n")


def test_shares_of_a_grid_are_extracted_together(
    cli: Cli, ten_tasks: Path, executor: ScriptedExecutor, studies: Path
) -> None:
    where = ("--folder", str(studies))
    for share in ("1/2", "2/2"):
        given = f"grid --model builtin --data {ten_tasks} --tasks tnews --shard {share}"
        cli(*given.split(), "--suite", f"share-{share[0]}", "--max-steps", "20", *where)
    assert sorted(executor.asked) == sorted(settings_of("tnews"))
    text = cli("extract", "share-1", "share-2", *where).stdout
    assert "TNEWS\t80.00\t(2e-05,32,0.1)" in text
    assert "12 of 12 runs complete" in text


def test_another_question_under_the_same_name_is_refused(
    grid: Cli, executor: ScriptedExecutor
) -> None:
    grid("--tasks", "c3")
    done = grid("--tasks", "c3", "--max-steps", "30")
    assert done.returncode == 2
    assert "begun with another question: the number of steps was 20 and is 30" in done.stderr
    assert "Give the new suite another name with --suite." in done.stderr


def test_a_study_of_a_suite_is_reported_and_not_resumed_by_itself(
    grid: Cli, cli: Cli, executor: ScriptedExecutor, studies: Path
) -> None:
    grid("--tasks", "c3")
    study = str(studies / "mine/c3-builtin")
    assert "this study has no baseline" in cli("report", study).stdout
    done = cli("resume", study)
    assert done.returncode == 2
    assert "is a part of the suite 'mine'" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--tasks", "xnli"), "Unknown task of the published grid 'xnli'"),
        (("--shard", "3/2"), "write the share and their number"),
        (("--save-best", "--save-all"), "Give --save-best or --save-all"),
        (("--suite", "a/b"), "can't name a suite"),
    ],
)
def test_mistakes_are_one_sentence(grid: Cli, words: tuple[str, ...], sentence: str) -> None:
    done = grid(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_scheduler_is_told_with_what_it_would_have_done_to_finished_suites(
    grid: Cli, executor: ScriptedExecutor
) -> None:
    stopping = ("--tasks", "chid", "--suite", "second", "--scheduler", "median")
    assert "scheduler median; no finished suite lies here yet" in grid(*stopping).stderr
    grid("--tasks", "c3")
    told = grid(*stopping).stderr
    assert "on 1 study of 1 finished suite here it would have lost the winner in 0" in told
