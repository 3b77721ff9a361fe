from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.training.logs import (
    Pulse,
    StepProgress,
    forget_progress,
    progress_writer,
    read_progress,
)


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_steps_are_told_every_two_seconds_at_most() -> None:
    told: list[StepProgress] = []
    clock = Clock()
    pulse = Pulse(told.append, clock=clock)
    pulse.begin(0, 100)
    for step in range(1, 51):
        clock.now_s += 0.1
        pulse.beat(step)
    assert [each.step for each in told] in ([20, 40], [21, 41], [21, 42])
    assert told[0].steps_per_s == pytest.approx(10)
    assert told[0].left_s == pytest.approx((100 - told[0].step) / 10)


def test_memory_of_the_gpu_is_told_and_kept(tmp_path: Path) -> None:
    told: list[StepProgress] = []
    clock = Clock()
    pulse = Pulse(told.append, clock=clock, memory=lambda: 3 * 2**30)
    pulse.begin(0, 100)
    clock.now_s += 3
    pulse.beat(9)
    progress_writer(tmp_path)(told[0])
    assert read_progress(tmp_path) == StepProgress(9, 100, 3.0, 3 * 2**30)


def test_an_evaluation_does_not_count_as_slow_training() -> None:
    told: list[StepProgress] = []
    clock = Clock()
    pulse = Pulse(told.append, clock=clock)
    pulse.begin(0, 100)
    clock.now_s += 1
    pulse.beat(10)
    clock.now_s += 60  # of evaluation
    pulse.begin(10, 100)
    clock.now_s += 1
    pulse.beat(20)
    assert [each.steps_per_s for each in told] == [pytest.approx(10)]


def test_nothing_is_left_to_tell_before_the_speed_is_known() -> None:
    assert StepProgress(0, 100, 0.0).left_s is None


def test_progress_is_left_in_a_file_and_taken_away(tmp_path: Path) -> None:
    progress = StepProgress(12, 100.0, 3.5)
    assert read_progress(tmp_path) is None
    progress_writer(tmp_path)(progress)
    assert read_progress(tmp_path) == progress
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]
    forget_progress(tmp_path)
    forget_progress(tmp_path)
    assert read_progress(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"step": 1}', '{"other": 1}'])
def test_a_file_that_says_nothing_is_no_progress(text: str, tmp_path: Path) -> None:
    (tmp_path / "progress.json").write_text(text)
    assert read_progress(tmp_path) is None


def test_a_folder_that_has_gone_does_not_end_a_trial(tmp_path: Path) -> None:
    write: Callable[[StepProgress], None] = progress_writer(tmp_path / "gone")
    write(StepProgress(1, 2.0, 3.0))
    forget_progress(tmp_path / "gone")
