from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.screen.pace import Costs, SearchPace, speed_in_words
from autoclue.training.logs import StepProgress, progress_writer
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(pace: SearchPace, number: int, *, total: float = 100, step: int = 100) -> None:
    """Have a trial come to a step, and end if that is its last."""
    pace.begin(number)
    pace.prepared(number, total)
    pace.at(number, step)
    if step >= total:
        pace.end(number)


def test_nothing_is_said_before_anything_is_done(clock: Clock) -> None:
    pace = SearchPace(4, clock=clock)
    pace.begin(0)
    assert pace.words(0) is None


def test_what_is_left_follows_from_the_trials_so_far(clock: Clock) -> None:
    pace = SearchPace(4, clock=clock)
    clock.now_s = 60
    run(pace, 0)
    assert pace.left_s(1) == pytest.approx(180)
    run(pace, 1, step=50)
    assert pace.left_s(1) == pytest.approx(60 * 2.5 / 1.5)
    assert pace.words(1) == "about 1 min 40 s left"


def test_nothing_is_left_once_all_trials_have_ended(clock: Clock) -> None:
    pace = SearchPace(1, step_budget=400, clock=clock)
    clock.now_s = 60
    run(pace, 0)
    assert pace.words(1) == "100 of 400 steps used"


def test_a_stopped_trial_counts_as_done(clock: Clock) -> None:
    pace = SearchPace(3, clock=clock)
    clock.now_s = 30
    run(pace, 0, step=10)
    pace.end(0)
    assert pace.left_s(1) == pytest.approx(60)


def test_what_is_left_of_trials_that_are_not_alike_follows_from_their_costs(clock: Clock) -> None:
    costs = {0: 100.0, 1: 5.0, 2: 50.0}
    pace = SearchPace(4, costs=Costs(costs.__getitem__, total=200, before=100), clock=clock)
    clock.now_s = 60
    run(pace, 1)
    assert pace.left_s(2) is None
    run(pace, 2, step=50)
    assert pace.left_s(2) == pytest.approx(60 * 70 / 30)


def test_a_resumed_search_counts_only_what_this_run_has_done(clock: Clock) -> None:
    pace = SearchPace(4, steps_before={0: 100, 1: 50}, clock=clock)
    clock.now_s = 30
    run(pace, 1)
    assert pace.left_s(2) == pytest.approx(30 * 2 / 0.5)


def test_budgets_limit_what_is_left_and_are_told(clock: Clock) -> None:
    pace = SearchPace(100, time_budget_s=120, step_budget=400, steps_before={0: 100}, clock=clock)
    clock.now_s = 60
    run(pace, 1)
    assert pace.steps_used() == 200
    assert pace.left_s(2) == pytest.approx(60)
    said = pace.words(2)
    assert said == "about 1 min 0 s left, 1 min 0 s of 2 min 0 s used, 200 of 400 steps used"


def test_progress_between_evaluations_is_read_once_a_second(clock: Clock, tmp_path: Path) -> None:
    pace = SearchPace(1, lambda number: tmp_path, clock=clock)
    run(pace, 0, step=10)
    write = progress_writer(tmp_path)
    write(StepProgress(20, 100.0, 5.0))
    assert pace.progress(0) == StepProgress(20, 100.0, 5.0)
    write(StepProgress(30, 100.0, 5.0))
    clock.now_s = 0.5
    assert pace.progress(0) == StepProgress(20, 100.0, 5.0)
    clock.now_s = 1.5
    assert pace.progress(0) == StepProgress(30, 100.0, 5.0)
    assert pace.steps_used() == 30


def test_progress_behind_the_last_evaluation_is_old(clock: Clock, tmp_path: Path) -> None:
    progress_writer(tmp_path)(StepProgress(5, 100.0, 5.0))
    pace = SearchPace(1, lambda number: tmp_path, clock=clock)
    run(pace, 0, step=10)
    assert pace.progress(0) is None


def test_memory_of_a_gpu_stands_beside_the_speed() -> None:
    assert speed_in_words(StepProgress(1, 9, 4.0)) == "4.0 steps/s"
    assert speed_in_words(StepProgress(1, 9, 4.0, 3 * 2**29)) == "4.0 steps/s, 1.5 GiB of the GPU"
