"""A trial that was interrupted and went on is the trial that never was, digit for digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.records import Evaluation
from autoclue.training import TrialConfig, keeper
from autoclue.training.trial import Trial
from autoclue.training.workspace import Workspace

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
Weights = dict[str, bytes]
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"dropout": 0.3, "seed": 7},
    "frozen blocks": {"strategy": "discriminative", "frozen_blocks": 2, "factor": 1.3},
    "gradual unfreezing": {"strategy": "gradual_unfreezing", "epochs": 3, "eval_every_steps": 9},
    "accumulation": {"gradient_accumulation_steps": 2},
    "end of a pass": {"eval_every_steps": 13},
    "leftover micro-batch": {"gradient_accumulation_steps": 2, "eval_every_steps": 12},
    "max steps": {"max_steps": 17, "schedule": "slanted_triangular"},
}
"""200 rows make 13 updates a pass, or 12 and a micro-batch that is left over."""


@pytest.fixture(autouse=True)
def _save_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "WORTH", 0)


def digits(e: Evaluation) -> tuple[float, ...]:
    """All of an evaluation that must repeat: all but its times."""
    return e.step, e.score, e.dev_loss, e.train_loss, e.learning_rate, e.epoch


def run(trial: Trial, evaluations: int | None = None) -> Trial:
    """Train to the end, or so many evaluations."""
    while evaluations != 0 and trial.advance() is not None:
        evaluations = None if evaluations is None else evaluations - 1
    return trial


def curve(trial: Trial) -> list[tuple[float, ...]]:
    return [digits(e) for e in trial.history]


def weights(trial: Trial) -> Weights:
    return {name: p.numpy().tobytes() for name, p in trial._network.named_parameters()}


def kept(folder: Path) -> tuple[Any, bytes]:
    """The kept model: what it was scored with, times left out, and its weights."""
    told = json.loads((folder / "best" / "autoclue.json").read_text(encoding="utf-8"))
    weights = (folder / "best" / "model.safetensors").read_bytes()
    return digits(Evaluation(**told["evaluation"])), weights


@pytest.fixture
def start(workspace: Workspace, tmp_path: Path) -> Callable[..., Trial]:
    """Give the function that starts a trial in a folder of that name."""

    def begin(config: TrialConfig, name: str, *, resume: bool = False) -> Trial:
        (tmp_path / name).mkdir(exist_ok=True)
        return Trial(config, workspace, folder=tmp_path / name, resume=resume)

    return begin


@pytest.mark.parametrize("case", CASES)
def test_a_continued_trial_equals_the_uninterrupted_one_to_the_last_bit(
    case: str, make_config: MakeConfig, start: Callable[..., Trial], tmp_path: Path
) -> None:
    config = make_config(**{"epochs": 2, "dropout": 0.2, **CASES[case]})
    whole = run(start(config, "whole"))
    for _ in range(len(whole.history)):  # interrupted after every evaluation
        run(start(config, "parts", resume=True), 1)
    parts = run(start(config, "parts", resume=True))
    assert curve(parts) == curve(whole)
    assert weights(parts) == weights(whole)
    assert kept(tmp_path / "parts") == kept(tmp_path / "whole")
