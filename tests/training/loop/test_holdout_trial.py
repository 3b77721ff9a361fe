"""A trial that holds out a part of its development set, on a tiny model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.records import Evaluation
from autoclue.training import TrialConfig
from autoclue.training.data.holdout import split_dev
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.trial import Trial

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
SHARE = 0.4


def run(trial: Trial) -> list[Evaluation]:
    found = []
    while (evaluation := trial.advance()) is not None:
        found.append(evaluation)
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


def test_both_parts_together_give_the_score_of_all_rows(
    make_config: MakeConfig, workspace: Workspace
) -> None:
    plain = run(Trial(make_config(max_steps=15), workspace))
    trial = Trial(make_config(max_steps=15, holdout=SHARE), workspace)
    parted = run(trial)
    labels = trial._references
    parts = split_dev(labels, SHARE)
    rows = (len(parts.selection), len(parts.held_out))
    together = [rows[0] * e.score + rows[1] * (e.holdout_score or 0.0) for e in parted]
    assert together == pytest.approx([len(labels) * e.score for e in plain])
    assert [e.dev_loss for e in parted] == [e.dev_loss for e in plain]
    assert [e.holdout_score for e in plain] == [None] * 3


def test_the_rows_that_select_choose_the_kept_model(
    make_config: MakeConfig, workspace: Workspace, kept: Path
) -> None:
    trial = Trial(make_config(max_steps=40, holdout=SHARE), workspace, folder=kept)
    found = run(trial)
    first_best = max(found, key=lambda e: e.score)
    written = json.loads((kept / "best" / "autoclue.json").read_text(encoding="utf-8"))
    assert trial.best == first_best
    assert written["evaluation"]["score"] == first_best.score
    assert written["evaluation"]["holdout_score"] == first_best.holdout_score
