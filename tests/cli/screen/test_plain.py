from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from autoclue.records import Evaluation, TrialState
from autoclue.screen.pace import SearchPace
from autoclue.screen.plain import PlainListener
from autoclue.screen.tally import Chance, Tally
from autoclue.search.store import Prepared
from autoclue.training import TrialConfig
from autoclue.training.logs import StepProgress, progress_writer

MakeConfig = Callable[..., TrialConfig]
MakeEvaluation = Callable[..., Evaluation]


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 8, 0, 0)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def listener(pipe: Console, clock: Clock, config: MakeConfig) -> PlainListener:
    return PlainListener(pipe, Tally(8, baseline=config(), chance=Chance(0.4, 100)), now=clock)


def test_a_trial_is_told_from_its_beginning_to_its_end(
    listener: PlainListener,
    pipe: Console,
    config: MakeConfig,
    evaluation: MakeEvaluation,
    prepared: Prepared,
) -> None:
    listener.started(3, config())
    listener.prepared(3, prepared)
    listener.evaluated(3, evaluation(10, 0.5))
    listener.ended(3, TrialState.COMPLETE, score=0.5, reason=None)
    listener.ended(4, TrialState.FAIL, score=None, reason="loss is [nan]")
    assert pipe.export_text().splitlines() == [
        "08:00:00 trial 3 begins: lr 3e-05, batch 32",
        "08:00:00 trial 3 step 10/30: score 0.5000, loss 0.6000, 10.0 steps/s",
        "08:00:00 trial 3 COMPLETE: best 0.5000; 1 of 8 ended, best so far 0.5000 (trial 3), "
        "the baseline",
        "08:00:00 trial 4 FAIL: no score (loss is [nan]); 2 of 8 ended, best so far 0.5000 "
        "(trial 3), the baseline",
    ]


def test_a_quiet_minute_is_broken_by_how_the_search_stands(
    listener: PlainListener, pipe: Console, clock: Clock, config: MakeConfig
) -> None:
    listener.started(0, config())
    clock.wait(59)
    listener.break_silence()
    clock.wait(1)
    listener.break_silence()
    clock.wait(59)
    listener.break_silence()
    assert pipe.export_text().splitlines()[1:] == ["08:01:00 0 of 8 ended; 1 running"]


def test_trials_at_chance_are_warned_of_once(
    listener: PlainListener, pipe: Console, config: MakeConfig, evaluation: MakeEvaluation
) -> None:
    for number in range(3):
        listener.started(number, config())
        listener.evaluated(number, evaluation(10, 0.4))
        listener.ended(number, TrialState.COMPLETE, score=0.4, reason=None)
    assert pipe.export_text().count("no trial is clearly above chance yet (0.4000") == 1


def test_what_is_scored_on_the_test_part_is_printed(
    listener: PlainListener, pipe: Console
) -> None:
    listener.scoring(3, "test")
    assert pipe.export_text() == "08:00:00 trial 3 is scored on the test part\n"


def test_all_scores_of_a_metric_with_several_are_printed(
    listener: PlainListener, pipe: Console, config: MakeConfig, evaluation: MakeEvaluation
) -> None:
    listener.started(0, config())
    scores = {"em": 0.25, "f1": 0.5}
    listener.evaluated(0, replace(evaluation(10, 0.25), scores=scores))
    assert "score 0.2500 (em 0.2500, f1 0.5000), loss" in pipe.export_text()


def test_a_quiet_minute_tells_how_far_trials_are(
    pipe: Console, config: MakeConfig, tmp_path: Path
) -> None:
    clock = Clock()
    pace = SearchPace(3, lambda number: tmp_path)
    plain = PlainListener(pipe, Tally(3, pace=pace), now=clock)
    plain.started(0, config())
    progress_writer(tmp_path)(StepProgress(12, 30.0, 2.0))
    clock.wait(61)
    plain.break_silence()
    assert "trial 0 at step 12/30" in pipe.export_text().splitlines()[-1]
