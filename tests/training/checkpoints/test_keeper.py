from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from autoclue.training.checkpoints.best_model import kept_step
from autoclue.training.checkpoints.keeper import Keeper, Pace


@dataclass
class Clock:
    """Time that passes when the test says so."""

    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s


def save(pace: Pace, clock: Clock, *, seconds: float) -> None:
    with pace.saving():
        clock.now_s += seconds


def test_the_first_state_is_always_saved() -> None:
    assert Pace(Clock()).due()


def test_a_saving_that_took_two_seconds_is_repeated_after_a_minute() -> None:
    clock = Clock()
    pace = Pace(clock)
    save(pace, clock, seconds=2.0)
    clock.now_s += 59.9
    assert not pace.due()
    clock.now_s += 0.1
    assert pace.due()


def test_the_last_duration_counts() -> None:
    clock = Clock()
    pace = Pace(clock)
    save(pace, clock, seconds=2.0)
    save(pace, clock, seconds=1.0)
    clock.now_s += 30.0
    assert pace.due()


def train(pace: Pace, clock: Clock, evaluations: int, *, save_s: float) -> float:
    """Evaluate every 7 s and save where it is due; return the seconds spent on saving."""
    saved_s = 0.0
    for _ in range(evaluations):
        clock.now_s += 7.0
        if pace.due():
            save(pace, clock, seconds=save_s)
            saved_s += save_s
    return saved_s


@pytest.mark.parametrize("evaluations", [1, 10, 1000])
@pytest.mark.parametrize("save_s", [0.01, 1.0, 20.0])
def test_saving_takes_a_thirtieth_of_the_time_beside_the_first(
    evaluations: int, save_s: float
) -> None:
    clock = Clock(0.0)
    assert train(Pace(clock), clock, evaluations, save_s=save_s) <= save_s + clock.now_s / 30


def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".best-abc" / "old").mkdir(parents=True)
    (tmp_path / ".state-def").write_bytes(b"half")
    (tmp_path / "train.log").touch()
    (tmp_path / "best").mkdir()
    Keeper(tmp_path, logging.getLogger("t"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "train.log"]


@pytest.mark.parametrize("content", [None, "", "[]", "{", '{"evaluation": {"step": null}}'])
def test_a_torn_description_means_that_no_model_is_kept(
    tmp_path: Path, content: str | None
) -> None:
    for text in [] if content is None else [content]:
        (tmp_path / "autoclue.json").write_text(text, encoding="utf-8")
    assert kept_step(tmp_path) is None
