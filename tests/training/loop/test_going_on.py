"""Trials that go on from another training's end: its state is a cache of what trains alike."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.system import file_sha256
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import STATE_FILE
from autoclue.training.config import Carry
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.earlier import LeftState
from autoclue.training.loop.trial import Trial
from tests.training.loop.whole_trials import curve, run, weights

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
Begin = Callable[..., Trial]
FIRST = {"factor": 1.1, "frozen_blocks": 1, "dropout": 0.2, "weight_decay": 0.1}
SECOND = {"learning_rate": 2e-3, "batch_size": 32, "factor": 1.3, "dropout": 0.1}


@pytest.fixture
def begin(workspace: Workspace, tmp_path: Path) -> Begin:
    """Return the function that starts a trial in a folder, with what another folder has left."""

    def begin_(config: TrialConfig, name: str, *, after: str | None = None) -> Trial:
        (tmp_path / name).mkdir(exist_ok=True)
        left = None
        if after is not None:
            left = LeftState(tmp_path / after, file_sha256(tmp_path / after / STATE_FILE))
        log = logging.getLogger("t")
        return Trial(
            config, workspace, folder=tmp_path / name, log=log, resume=True, left=left,
            leaves_state=True,
        )  # fmt: skip

    return begin_


@pytest.mark.parametrize("carry", ["weights", "optimizer"])
def test_going_on_from_a_state_equals_its_recipe_from_scratch(
    carry: Carry, make_config: MakeConfig, begin: Begin, tmp_path: Path
) -> None:
    first = make_config("discriminative", **FIRST)
    second = make_config("discriminative", **SECOND).going_on_from(first, carry=carry)
    third = make_config("discriminative", **FIRST).going_on_from(second, carry=carry)
    run(begin(first, "first"))
    run(begin(second, "second", after="first"))
    clone = run(begin(third, "third", after="second"))

    scratch = run(begin(third, "scratch"))

    assert curve(clone) == curve(scratch)
    assert weights(clone) == weights(scratch)
    assert weights(clone) != weights(run(begin(first, "alone")))
    shutil.rmtree(tmp_path / "third")
    (tmp_path / "second" / STATE_FILE).write_bytes(b"damaged")
    assert curve(run(begin(third, "third", after="second"))) == curve(scratch)


def test_moments_begin_anew_with_weights_alone(make_config: MakeConfig, begin: Begin) -> None:
    first = make_config()
    run(begin(first, "first"))
    arrays = begin(first.going_on_from(first), "w", after="first").learner.take_arrays()
    kept = begin(first.going_on_from(first, carry="optimizer"), "o", after="first")

    assert not any(name.startswith("moment1") for name in arrays)
    assert any(name.startswith("moment1") for name in kept.learner.take_arrays())
    assert (kept.step, kept.history) == (0, ())
    assert kept.learner._optimizer.get_lr() == kept.learner.rate(0)


def test_it_goes_on_from_its_own_state_once_it_has_one(
    make_config: MakeConfig, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    first = make_config(epochs=2)
    second = first.going_on_from(first)
    run(begin(first, "first"))
    whole = run(begin(second, "whole", after="first"))
    part = begin(second, "part", after="first")
    part.advance()
    caplog.clear()

    with caplog.at_level(logging.INFO):
        again = begin(second, "part")

    assert again.step == part.step > 0
    assert "First comes the training" not in caplog.text
    assert curve(run(again)) == curve(whole)
