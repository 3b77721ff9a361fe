"""Trials that fail for a reason that isn't theirs: what ends a search, and what asks again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.execution.resources import Resources
from autoclue.search.replay.audit import replay_asks
from autoclue.search.store.schema import Prepared
from autoclue.search.study.location import find_study, load_study, open_ledger
from autoclue.search.tuner.tuner import FAILURES_IN_A_ROW, Tuner

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]
TINY = ("--builtin-size", "tiny")
REASON = "the card fell off the bus"


@pytest.fixture
def fail(
    execute_with: Callable[[Runner], None],
    prepared: Prepared,
    evaluation: Callable[[int, float], Evaluation],
) -> Callable[..., None]:
    """Let trials of some numbers fail, and stop the executor before another."""

    def fail_(numbers: Collection[int], *, stop_before: int | None = None) -> None:
        def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
            while (asked := tuner.next_trial()) is not None:
                number = asked.number
                if number == stop_before:
                    raise KeyboardInterrupt
                if number in numbers:
                    tuner.failed(number, REASON)
                    continue
                tuner.prepared(number, prepared)
                for step in prepared.evaluation_steps:
                    tuner.evaluated(number, evaluation(step, (step + number) / 100))
                tuner.ended(number)

        execute_with(run)

    return fail_


def mine() -> StudyRecord:
    return load_study(find_study(Path("studies"), "mine"))


def states() -> list[TrialState]:
    return [trial.state for trial in mine().trials]


def last_line(done: CompletedProcess[str]) -> str:
    return done.stderr.splitlines()[-1]


def test_nothing_is_called_beaten_where_all_but_the_baseline_failed(
    tune: Cli, cli: Cli, fail: Callable[..., None]
) -> None:
    fail(range(1, 100))
    done = tune(*TINY, "--trials", "4", "--parallel", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done) == (
        f"autoclue: All trials but the baseline failed, 3 in all; the first one said: {REASON}. "
        "Once that is mended, 'autoclue resume studies/mine --retry-failed' asks for them again."
    )
    said = cli("report", "studies/mine").stdout
    assert "all 3 other trials that ended failed: nothing has been compared with it" in said
    assert "failed: every trial but the baseline did" in cli("ls", "studies", *HERE).stdout


HERE = ("--folder", "studies")


def test_so_many_failures_in_a_row_end_a_search_and_say_why(
    tune: Cli, cli: Cli, fail: Callable[..., None]
) -> None:
    fail(range(3, 100))
    done = tune(*TINY, "--trials", "30", "--parallel", "1")
    assert done.returncode == 1
    assert len(states()) == 3 + FAILURES_IN_A_ROW
    assert f"The search ended early, as {FAILURES_IN_A_ROW} trials failed one after" in done.stderr
    assert f"the last one said: {REASON}. Once that" in done.stderr
    assert "ended after 11 of 30: 8 trials failed" in cli("ls", "studies", *HERE).stdout


def test_failures_between_successes_end_nothing(tune: Cli, fail: Callable[..., None]) -> None:
    fail([number for number in range(20) if number % 7])
    assert tune(*TINY, "--trials", "20", "--parallel", "1").returncode == 0
    assert len(states()) == 20


def test_what_failed_is_asked_again_with_its_settings_and_counts_once(
    tune: Cli, cli: Cli, fail: Callable[..., None]
) -> None:
    fail({1, 3})
    tune(*TINY, "--trials", "5", "--parallel", "1")
    fail({})
    done = cli("resume", "studies/mine", "--retry-failed", "--parallel", "1")
    found = mine()
    assert done.returncode == 0
    assert [trial.retries for trial in found.trials] == [None] * 5 + [1, 3]
    for trial in found.trials[5:]:
        assert trial.config == found.trials[trial.retries or 0].config
    assert "The search ended after 5 of 5 trials" in done.stdout
    assert replay_asks(open_ledger(find_study(Path("studies"), "mine"))) == []


def test_a_baseline_that_failed_is_the_baseline_when_asked_again(
    tune: Cli, cli: Cli, fail: Callable[..., None]
) -> None:
    fail({0})
    tune(*TINY, "--trials", "3", "--parallel", "1")
    fail({})
    cli("resume", "studies/mine", "--retry-failed", "--parallel", "1")
    baseline = mine().baseline
    assert baseline is not None
    assert (baseline.number, baseline.retries, baseline.state) == (3, 0, TrialState.COMPLETE)


def test_an_interrupted_retry_goes_on_and_asks_nothing_twice(
    tune: Cli, cli: Cli, fail: Callable[..., None]
) -> None:
    fail({1, 2, 3})
    tune(*TINY, "--trials", "5", "--parallel", "1")
    fail({5}, stop_before=6)
    assert cli("resume", "studies/mine", "--retry-failed", "--parallel", "1").returncode == 130
    fail({})
    cli("resume", "studies/mine", "--retry-failed", "--parallel", "1")
    assert [trial.retries for trial in mine().trials[5:]] == [1, 2, 3]
    cli("resume", "studies/mine", "--retry-failed", "--parallel", "1")
    assert [trial.retries for trial in mine().trials[5:]] == [1, 2, 3, 5]
