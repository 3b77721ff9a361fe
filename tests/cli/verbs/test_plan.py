"""``tune --plan`` and ``--probe``: what is told before anything is spent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.training import TrialConfig
from autoclue.training.probe import ProbeResult

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def _probed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes of 0.5 s a step, 2 s an evaluation and 3 s to load."""

    def measure(config: TrialConfig) -> ProbeResult:
        return ProbeResult(config.gradient_accumulation_steps, 3.0, 0.5, 2.0, 4800)

    monkeypatch.setattr("autoclue.search.forecast.measure_here", lambda resources: measure)


def test_a_plan_counts_runs_by_batch_size_and_makes_nothing(tune: Cli) -> None:
    rows = json.loads(tune("--trials", "12", "--plan", "--json").stdout)
    assert sum(row["runs"] for row in rows) == 12
    assert {row["batch_size"] for row in rows} == {16, 32, 64}
    steps = {row["batch_size"]: row["steps_each"] for row in rows}
    assert steps[16] == 2 * steps[32]
    assert not Path("studies").exists()
    shown = tune("--trials", "12", "--plan").stdout
    assert shown.split("\n")[0].split() == ["batch", "length", "parts", "runs", "steps", "evals"]


@pytest.mark.usefixtures("_probed", "_scripted")
def test_an_estimate_stands_beside_what_the_search_took(tune: Cli) -> None:
    given = ("--trials", "3", "--max-steps", "30")
    told = json.loads(tune(*given, "--plan", "--probe", "--json").stdout)
    assert (told["total"]["runs"], told["total"]["steps"]) == (3, 90)
    seconds = sum(row["seconds"] for row in told["kinds"])
    assert seconds == pytest.approx(3 * (30 * 0.5 + 2.0))
    text = tune(*given, "--plan", "--probe").stdout
    assert "3 runs, 90 steps, 3 evaluations: about " in text
    assert "Memory is measured on a GPU only." in text

    assert tune(*given).returncode == 0
    results = json.loads(Path("studies/mine/results.json").read_text(encoding="utf-8"))
    assert results["forecast"]["seconds"] == pytest.approx(seconds)
    assert results["spent"]["steps"] == 90
    page = Path("studies/mine/report.html").read_text(encoding="utf-8")
    assert "; forecast 51 s" in page
