"""What the page says of GPUs: nothing without one, and nothing that its driver doesn't say."""

from __future__ import annotations

import dataclasses

import pytest

from autoclue.records import CardSharing, CardUse, StudyRecord
from autoclue.reporting import render_page
from autoclue.reporting.page.machine import machine, sharing_words, use_words

GIB = 2**30
SHARING = CardSharing("A100", "key", 10 * GIB, GIB, 78 * GIB, fitting=6, per_card=6)
USE = CardUse("A100", 80 * GIB, 31 * GIB, watched_s=1000.0, busy_s=870.0, idle_s=20.0)


def test_on_a_cpu_the_page_says_nothing_of_gpus(full: StudyRecord) -> None:
    assert machine(full) == list(full.hardware.items())
    assert "GPU" not in render_page(full).partition("<h3>Machine</h3>")[2].partition("<h3>")[0]


def test_memory_use_and_idle_time_of_each_gpu_are_on_the_page(full: StudyRecord) -> None:
    found = dataclasses.replace(full, cards=(USE, USE), sharing=SHARING)
    page = render_page(found)
    assert "at most 31.0 of 80.0 GiB, busy 87% and idle 2% of 16 min 40 s" in page
    assert [name for name, _ in machine(found)][-3:] == ["GPU 0", "GPU 1", "GPU sharing"]


def test_what_a_driver_does_not_say_is_left_out() -> None:
    silent = dataclasses.replace(USE, busy_s=None, idle_s=None)
    assert use_words(silent) == "at most 31.0 of 80.0 GiB"
    assert use_words(dataclasses.replace(USE, watched_s=0.0)) == "at most 31.0 of 80.0 GiB"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "6 trials a GPU; the largest trial takes 10.0 GiB, 6 fit"),
        ({"fitting": 1, "per_card": 1}, "none; the largest trial takes 10.0 GiB, 1 fit"),
        (
            {"speedup": 1.756},
            "6 trials a GPU; the largest trial takes 10.0 GiB, 6 fit, together 1.76 times as fast "
            "as one alone",
        ),
        (
            {"per_card": 1, "speedup": 0.9},
            "none; the largest trial takes 10.0 GiB, 6 fit, together 0.90 times as fast as one "
            "alone",
        ),
    ],
)
def test_the_page_says_how_many_trials_share_a_gpu_and_why(
    changes: dict[str, float], words: str
) -> None:
    assert sharing_words(dataclasses.replace(SHARING, **changes)) == words  # type: ignore[arg-type]
