from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.cost import waiting_trials
from benchmarks.cost.idle_trials import evaluation
from benchmarks.cost.waiting_trials import EVERY, LONG, WaitingWorker, Window


@dataclass
class Ends:
    """Stands for a tuner that can be ended."""

    deadline_s: float | None = None


def report(window: Window, *numbers: int) -> None:
    for number in numbers:
        window.evaluated(number, evaluation(100, 0.5))


def test_counting_begins_once_all_trials_run() -> None:
    window = Window(live=3, reports=2)

    report(window, 0, 1, 0)
    assert window.began is None
    report(window, 2)
    assert window.began is not None


def test_the_search_is_ended_after_the_last_report() -> None:
    ends = Ends()
    window = Window(live=2, reports=2, tuner=ends)  # type: ignore[arg-type]

    report(window, 0, 1, 0)
    assert (window.spent, ends.deadline_s) == (None, None)
    report(window, 1)
    assert window.spent is not None
    assert ends.deadline_s is not None


def test_a_waiting_trial_reports_along_its_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setenv(EVERY, "0.5")
    monkeypatch.setattr("time.sleep", slept.append)
    worker = WaitingWorker()

    worker.begin({"number": 3})
    events = [worker.next_event() for _ in range(3)]

    assert [e["event"] for e in events] == ["prepared", "evaluated", "evaluated"]
    assert [e["payload"]["step"] for e in events[1:]] == list(LONG.evaluation_steps[:2])
    assert slept == [0.5, 0.5]


@pytest.mark.ray
@pytest.mark.slow
def test_the_driver_is_measured_beside_trials_that_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["waiting_trials", "2", "0.05", "6", str(tmp_path)])

    waiting_trials.main()

    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["live"], found["reports"]) == (2, 6)
    assert found["cpu_s"] > 0
