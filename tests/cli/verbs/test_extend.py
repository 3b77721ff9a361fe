"""Trials that are added to a study are added once, however often that is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import Evaluation
from autoclue.reporting.export import write
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.study.location import find_study, load_study
from autoclue.search.tuner.tuner import Tuner

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]
TINY = ("--builtin-size", "tiny")


@pytest.fixture
def interrupt_at(
    execute_with: Callable[[Runner], None],
    prepared: Prepared,
    evaluation: Callable[[int, float], Evaluation],
) -> Callable[[int | None], None]:
    """Let searches run, up to the first evaluation of a trial."""

    def put(last: int | None) -> None:
        def run(tuner: Tuner, folder: Path, resources: Resources) -> None:
            while (asked := tuner.next_trial()) is not None:
                tuner.prepared(asked.number, prepared)
                for step in prepared.evaluation_steps[asked.after_step // 10 :]:
                    tuner.evaluated(asked.number, evaluation(step, step / 100))
                    if asked.number == last:
                        raise KeyboardInterrupt
                tuner.ended(asked.number)

        execute_with(run)

    return put


def count() -> int:
    return len(load_study(find_study(Path("studies"), "mine")).trials)


@pytest.fixture
def extend(
    tune: Cli, cli: Cli, interrupt_at: Callable[[int | None], None]
) -> Callable[..., CompletedProcess[str]]:
    """Add trials to a study of two."""
    interrupt_at(None)
    tune(*TINY, "--trials", "2", "--parallel", "1")
    return lambda n="2": cli("resume", "studies/mine", "--extend", n, "--parallel", "1")


@pytest.mark.parametrize("last", [2, 3])
def test_an_interrupted_extension_goes_on(
    last: int, extend: Cli, interrupt_at: Callable[[int | None], None]
) -> None:
    interrupt_at(last)
    assert extend().returncode == 130
    interrupt_at(None)
    assert extend().returncode == 0
    assert count() == 4
    assert extend().returncode == 0
    assert count() == 6


def test_an_extension_that_ended_with_its_last_word_unsaid_adds_nothing_again(
    extend: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path, text: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(write, "_replace", interrupted)
        assert extend().returncode == 130
    assert count() == 4
    assert extend().returncode == 0
    assert count() == 4


def test_another_number_counts_from_where_the_extension_began(
    extend: Cli, interrupt_at: Callable[[int | None], None]
) -> None:
    interrupt_at(3)
    extend()
    interrupt_at(None)
    assert extend("5").returncode == 0
    assert count() == 7
