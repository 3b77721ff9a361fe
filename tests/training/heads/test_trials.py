"""Whole runs of the published scripts on our own text, repeated by a trial as users run it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoclue.records import Evaluation
from autoclue.tasks import Predictions, load_task
from autoclue.training import build_config
from autoclue.training.data import Workspace
from autoclue.training.heads import make_head
from autoclue.training.logs.train_log import best_line
from autoclue.training.loop import Trial
from tests.golden.reading import recorded
from tests.golden.reading_run import model_folder, sha256
from tests.golden.reading_task import write_task
from tests.training.heads.test_runs import FIRST_LOSSES_WITHIN, tolerance

pytestmark = pytest.mark.paddle

RUNS = [
    pytest.param(run, id=f"{run['task']}, {run['name']}")
    for run in recorded("own_text_runs")["runs"]
]


@dataclass
class Seen:
    """What went through a head while a trial ran."""

    losses: list[float] = field(default_factory=list)
    predictions: list[Predictions] = field(default_factory=list)


def watch(head: type, patch: pytest.MonkeyPatch) -> Seen:
    seen, loss, decode = Seen(), head.loss, head.decode  # type: ignore[attr-defined]

    def watched_loss(self: Any, *given: Any) -> Any:
        made = loss(self, *given)
        seen.losses.append(float(made))
        return made

    def watched_decode(self: Any, *given: Any) -> Predictions:
        made: Predictions = decode(self, *given)
        seen.predictions.append(made)
        return made

    patch.setattr(head, "loss", watched_loss)
    patch.setattr(head, "decode", watched_decode)
    return seen


def make_trial(run: dict[str, Any], folder: Path) -> Trial:
    task = write_task(folder, run)
    config = build_config(
        load_task(str(task)).recipe,
        task=str(task),
        model=str(model_folder(run, folder)),
        data="download",
        strategy="uniform",
        settings={},
    )
    return Trial(config, Workspace(cache=folder / "cache"))


def check_losses(seen: Seen, run: dict[str, Any]) -> None:
    parts = run["settings"]["gradient_accumulation_steps"]
    expected = run["micro_batch_losses_divided_by_accumulation"]
    # Nothing follows the last step: the script's last micro-batches without a step are left out.
    left_over = run["micro_batches_per_epoch"] % parts
    assert len(seen.losses) == len(expected) - left_over
    differences = np.abs(np.array(seen.losses) / parts - np.array(expected[: len(seen.losses)]))
    allowed = tolerance(run)
    assert differences[:5].max() <= FIRST_LOSSES_WITHIN
    assert differences[: len(expected) // 2].max() <= allowed.first_half
    assert differences.max() <= allowed.losses


def check_answers(made: Evaluation, found: Predictions, expected: dict[str, Any]) -> None:
    scores = (100 * made.scores["em"], 100 * made.scores["f1"])
    assert scores == pytest.approx((expected["em"], expected["f1"]))
    answers = dict(zip(found.ids, found.values, strict=True))
    text = json.dumps(answers, ensure_ascii=False, indent=4) + "\n"
    assert sha256(text) == expected["prediction_file"]["sha256"]


def check_choices(made: Evaluation, found: Predictions, expected: dict[str, Any]) -> None:
    assert made.score == expected["acc"]
    chosen = expected.get("decoded_first20", expected["argmax_first20"])
    assert list(found.values[:20]) == chosen
    assert made.dev_loss == pytest.approx(expected["dev_mean_cross_entropy"], abs=1e-4)


@pytest.mark.parametrize("run", RUNS)
def test_a_trial_repeats_the_published_run(
    run: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make_trial(run, tmp_path)
    seen = watch(type(make_head(load_task(trial.config.task))), monkeypatch)
    while trial.advance() is not None:
        pass
    check_losses(seen, run)
    steps = range(trial.timetable.steps)
    assert [trial.learner.rate(step) for step in steps] == run["learning_rate_of_update"]
    assert trial.timetable.total_steps == run["T"]
    assert len(trial.history) == len(run["evaluations"])
    check = check_answers if run["task"] == "cmrc2018" else check_choices
    for made, found, expected in zip(
        trial.history, seen.predictions, run["evaluations"], strict=True
    ):
        check(made, found, expected)
    assert trial.best is not None
    assert best_line(trial.best.scores) == f"best_result: {run['best_result']}"
