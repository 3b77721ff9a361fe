"""A driver beside virtual actors: commits are counted, deaths lose nothing. Nothing is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scale.scripted_worker import (
    BOUNDARIES,
    DYING,
    EVERY,
    FIRST,
    LENGTH,
    STEPS,
    ScriptedProcess,
    ScriptedWorker,
    boundary_steps,
    evaluations_of,
)
from benchmarks.scale.virtual_trials import main

LOST_NOTHING = dict.fromkeys(
    ("evaluations", "gaps", "running", "failed", "asked_twice", "not_gone_on"), 0
)


def measure(folder: Path, *words: str) -> dict[str, Any]:
    """Run the benchmark in a process of its own, which it gives variables to."""
    command = [sys.executable, "-m", "benchmarks.scale.virtual_trials", *words, str(folder)]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.ray
@pytest.mark.slow
def test_reports_take_one_commit_and_deaths_at_once_lose_nothing(tmp_path: Path) -> None:
    found = measure(tmp_path, "--deaths", "8", "--dying", "0.3", "16", "1.5", "120")

    assert found["reports"] == 120
    assert found["struck"] > 0  # those that were asleep just then
    assert (found["report_commits"], found["most_commits"]) == (120, 1)
    assert found["died"] > 0
    assert found["ended"] > 0
    assert found["lost"] == LOST_NOTHING


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hazero", "pbt"])
def test_a_population_reports_with_one_commit_too(tmp_path: Path, kind: str) -> None:
    words = ("--deaths", "0", "--population", kind, "--rounds", "2", "6", "0.05", "1")
    found = measure(tmp_path, *words)

    assert found["most_commits"] == 1
    assert found["asks"] >= 6
    assert found["lost"] == LOST_NOTHING


@pytest.mark.ray
@pytest.mark.slow
def test_real_processes_are_measured_alike_and_lose_nothing(tmp_path: Path) -> None:
    found = measure(tmp_path, "--real", "--dying", "1", "2", "0.2", "12")

    assert (found["reports"], found["report_commits"], found["most_commits"]) == (12, 12, 1)
    assert found["died"] + found["struck"] > 0  # before the last report that counts, or after it
    assert found["lost"] == LOST_NOTHING


def test_a_wave_of_deaths_is_refused_for_real_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--real", "--deaths", "3", "2", "1", "1", str(tmp_path)])

    assert "--real has no wave of deaths; leave --deaths out" in capsys.readouterr().err


def job(number: int, **given: Any) -> dict[str, Any]:
    config = {"learning_rate": 2e-5} | given.pop("config", {})
    plain = {"after_step": 0, "folder": f"trials/{number}", "start_from": None}
    return {"number": number, "config": config, **plain, **given}


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ((EVERY, "2.0"), (FIRST, "0"), (DYING, "0"), (LENGTH, None)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


def test_a_trial_goes_on_behind_what_is_recorded_of_it() -> None:
    worker = ScriptedWorker()
    worker.begin(job(3, after_step=200))

    assert worker.sleeps_s() == 0.0
    prepared = worker.next_event()["payload"]
    assert prepared["evaluation_steps"] == tuple(
        STEPS * (place + 1) for place in range(evaluations_of(3, 0))
    )
    assert 1.8 <= float(worker.sleeps_s() or 0) <= 2.2
    assert worker.next_event()["payload"]["step"] == 300


def test_a_trial_that_dies_does_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DYING, "1")
    worker, again = ScriptedWorker(), ScriptedWorker()
    worker.begin(job(4))
    worker.next_event()
    steps = []
    while worker.sleeps_s() is not None:
        steps.append(worker.next_event()["payload"]["step"])

    again.begin(job(4, after_step=steps[-1]))
    again.next_event()
    while again.sleeps_s() is not None and (event := again.next_event())["event"] != "ended":
        steps.append(event["payload"]["step"])
    assert steps == [STEPS * (place + 1) for place in range(evaluations_of(4, 0))]


def test_a_process_sleeps_before_its_reports_and_exits_where_it_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DYING, "1")
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("os._exit", sys.exit)
    process = ScriptedProcess()
    process.begin(job(4))

    half = evaluations_of(4, 0) - evaluations_of(4, 0) // 2
    events = [process.next_event()["event"] for _ in range(1 + half)]
    assert events == ["prepared", *["evaluated"] * half]
    with pytest.raises(SystemExit, match="1"):
        process.next_event()
    assert slept[0] == 0.0
    assert 0 <= slept[1] <= 2.0
    assert all(1.8 <= each <= 2.2 for each in slept[2:])


def test_a_part_of_a_member_has_the_curve_of_the_state_that_it_starts_from_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(LENGTH, "8")
    first, second, _ = boundary_steps(8)
    worker = ScriptedWorker()
    start: dict[str, Any] = {"folder": "trials/1", "may_differ": [], "sha256": None}
    worker.begin(job(5, start_from=start, config={"until_step": second}))

    sleeps = []
    while (event := worker.next_event())["event"] != "ended":
        sleeps.append(worker.sleeps_s() == 0.0)
    assert len(BOUNDARIES) == 3
    assert event == {"event": "ended", "payload": {}}
    assert sleeps == [*[True] * (first // STEPS), *[False] * ((second - first) // STEPS), True]
