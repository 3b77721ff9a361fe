"""What a trial by the protocol ``sound`` does differently."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.training import TrialConfig
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.learner import Learner
from autoclue.training.loop.trial import Trial

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
LEFTOVER = {"gradient_accumulation_steps": 2, "epochs": 2, "eval_every_steps": 100}
"""200 rows in micro-batches of 8: 25 an epoch, 12 steps and one micro-batch left over."""


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[np.int64]]:
    """The rows of every micro-batch that is learnt from, in order."""
    seen: list[NDArray[np.int64]] = []
    learn = Learner.learn

    def watched(self: Learner, rows: NDArray[np.int64], *, step: int) -> None:
        seen.append(rows)
        learn(self, rows, step=step)

    monkeypatch.setattr(Learner, "learn", watched)
    return seen


def run(config: TrialConfig, workspace: Workspace, log: logging.Logger | None = None) -> Trial:
    trial = Trial(config, workspace, log=log)
    while trial.advance() is not None:
        pass
    return trial


@pytest.mark.parametrize(("protocol", "micro_batches"), [("clue", 49), ("sound", 48)])
def test_what_makes_no_step_is_learnt_from_by_clue_alone(
    make_config: MakeConfig,
    workspace: Workspace,
    learnt: list[NDArray[np.int64]],
    protocol: str,
    micro_batches: int,
) -> None:
    trial = run(make_config(**LEFTOVER, protocol=protocol), workspace)
    assert trial.step == 24
    assert len(learnt) == micro_batches


def test_the_rate_ends_at_0_with_an_evaluation(
    make_config: MakeConfig, workspace: Workspace
) -> None:
    published = run(make_config(**LEFTOVER), workspace)
    sound = run(make_config(**LEFTOVER, protocol="sound"), workspace)
    assert published.timetable.total_steps == 25.0
    assert sound.timetable.total_steps == 24.0
    assert published.learner.rate(24) > sound.learner.rate(24) == 0.0
    assert [e.step for e in sound.history] == [24]


@pytest.mark.parametrize(("protocol", "same"), [("clue", True), ("sound", False)])
def test_two_seeds_see_other_batches_by_sound_alone(
    make_config: MakeConfig,
    workspace: Workspace,
    learnt: list[NDArray[np.int64]],
    protocol: str,
    same: bool,
) -> None:
    for seed in (1, 2):
        run(make_config(max_steps=2, seed=seed, protocol=protocol), workspace)
    first, second = np.concatenate(learnt[:2]), np.concatenate(learnt[2:])
    assert (first.tolist() == second.tolist()) is same


def test_each_defect_mended_alone_is_another_trial_that_runs(
    make_config: MakeConfig, workspace: Workspace
) -> None:
    names = ["clue", "clue+seeded_order", "clue+dropout_everywhere"]
    made = [run(make_config(max_steps=2, dropout=0.0, protocol=name), workspace) for name in names]
    assert len({trial.config.key for trial in made}) == 3
    assert len({trial.history[-1].dev_loss for trial in made}) == 3


@pytest.mark.parametrize("protocol", ["clue", "sound"])
def test_the_log_names_the_protocol(
    make_config: MakeConfig,
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    protocol: str,
) -> None:
    with caplog.at_level(logging.INFO):
        Trial(make_config(protocol=protocol), workspace, log=logging.getLogger("trial"))
    assert f"protocol: {protocol}" in caplog.messages
