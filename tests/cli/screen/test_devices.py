"""What ``--plan`` says of GPUs: how full and how busy they are, and nothing without one."""

from __future__ import annotations

import pytest

from autoclue.api import forecasts
from autoclue.options import ResourceOptions
from autoclue.screen.devices import card_words, say_cards
from autoclue.search.execution import Resources, resources
from autoclue.training.platform import CardState

GIB = 2**30


class MadeUpCards:
    """Three GPUs: one busy, one idle, one that doesn't say."""

    def read(self) -> tuple[CardState, ...]:
        return tuple(
            CardState(n, "A100", 80 * GIB, 20 * n * GIB, busy)
            for n, busy in enumerate([0.5, 0.0, None])
        )

    def held_by(self, index: int, pid: int) -> int | None:
        return None


def test_each_gpu_says_how_full_and_how_busy_it_is() -> None:
    assert card_words(MadeUpCards()) == [
        "GPU 0 (A100): 0.0 of 80.0 GiB are in use, and it is busy 50% of the time.",
        "GPU 1 (A100): 20.0 of 80.0 GiB are in use, and it is idle.",
        "GPU 2 (A100): 40.0 of 80.0 GiB are in use.",
    ]
    assert card_words(None) == []


@pytest.mark.parametrize(
    ("used", "lines"),
    [
        (Resources(3, 1.0, 3, None), 3),
        (Resources(0, 0.0, 3, None), 0),
        (Resources(0, 1.0, 3, "auto"), 0),
    ],
)
def test_only_gpus_that_trials_would_use_are_told_of(
    used: Resources, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    say_cards(used, MadeUpCards)
    assert capsys.readouterr().out.count("GiB are in use") == lines


def test_an_estimate_is_told_as_if_no_gpu_were_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "count_gpus", lambda: 2)
    found = forecasts._resources(ResourceOptions(gpus_per_trial="auto", parallel=9), cards=1)
    assert (found.shares_cards, found.parallel, found.gpus_per_trial) == (True, 2, 1.0)
