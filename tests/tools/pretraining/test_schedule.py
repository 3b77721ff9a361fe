"""The learning rate over a training time."""

from __future__ import annotations

import pytest

from tools.pretraining.schedule import LONGEST_STEP_S, counted_seconds, rate_factor


@pytest.mark.parametrize(
    ("updates", "spent", "factor"),
    [
        (0, 0.0, 0.01),
        (49, 0.0, 0.5),
        (99, 0.0, 1.0),
        (5000, 0.6, 1.0),
        (5000, 0.8, 0.5),
        (5000, 1.0, 0.0),
        (5000, 1.3, 0.0),
    ],
)
def test_rate_rises_stays_and_falls(updates: int, spent: float, factor: float) -> None:
    found = rate_factor(updates, spent, warmup_updates=100, decay_share=0.4)
    assert found == pytest.approx(factor)


def test_longer_training_changes_nothing_in_the_constant_part() -> None:
    factors = [
        rate_factor(900, 1000.0 / whole_s, warmup_updates=100, decay_share=0.3)
        for whole_s in (1500.0, 3000.0)
    ]
    assert factors == [1.0, 1.0]


def test_stopped_time_does_not_count() -> None:
    assert counted_seconds(0.3) == 0.3
    assert counted_seconds(3600.0) == LONGEST_STEP_S
