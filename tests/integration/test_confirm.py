"""A search that holds rows out and is confirmed, with Ray, Paddle and a task learnt in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

import autoclue
from autoclue.records import Confirmation, Evaluation, TrialState
from autoclue.reporting import summary_info
from autoclue.results import StudyResult

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="module")
def found(easy_task: Path, tiny_model: Path, folder: Path) -> StudyResult:
    """A search of three rates, the best and the baseline trained again with two seeds."""
    return autoclue.tune(
        str(easy_task),
        model=str(tiny_model),
        strategy="uniform",
        settings=("learning_rate=1e-2,8e-3,1e-5", "batch_size=16"),
        sampler="grid",
        scheduler="none",
        parallel=2,
        trials=3,
        max_steps=60,
        holdout=0.5,
        confirm=1,
        seeds=2,
        study="mine",
        folder=folder,
    )


@pytest.fixture(scope="module")
def confirmation(found: StudyResult) -> Confirmation:
    assert found.study.confirmation is not None
    return found.study.confirmation


def curve(evaluations: tuple[Evaluation, ...]) -> list[Mapping[str, object]]:
    """All that a repetition must give again, to the last digit."""
    timed = {"steps_per_s", "eval_s", "elapsed_s"}
    return [{k: v for k, v in asdict(e).items() if k not in timed} for e in evaluations]


def test_all_pairs_are_complete_and_differ_in_their_seed_alone(
    found: StudyResult, confirmation: Confirmation
) -> None:
    by_number = {trial.number: trial for trial in found.study.trials}
    assert len(confirmation.runs) == len(confirmation.candidates) * 2
    assert {run.trial.state for run in confirmation.runs} == {TrialState.COMPLETE}
    for run in confirmation.runs:
        assert {**run.trial.config, "seed": 42} == by_number[run.of].config


def test_a_retraining_is_what_train_gives_with_that_seed(
    confirmation: Confirmation, easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    run = next(run for run in confirmation.runs if run.of == confirmation.baseline)
    once = autoclue.train(
        str(easy_task),
        model=str(tiny_model),
        settings={"seed": run.seed},
        max_steps=60,
        holdout=0.5,
        out=tmp_path,
    )
    assert curve(once.evaluations) == curve(run.trial.evaluations)


def test_kept_model_stays_the_searchs_and_no_other_is_left(found: StudyResult) -> None:
    assert found.model == found.folder / "best"
    assert list(found.folder.glob("confirm/trials/*/best")) == []
    assert len(list(found.folder.glob("confirm/trials/*/train.log"))) >= 2


def test_held_out_scores_are_what_is_compared(
    found: StudyResult, confirmation: Confirmation
) -> None:
    info = summary_info(found.study)
    assert info.holdout is not None
    assert info.confirmation is not None
    run = confirmation.runs[0]
    row = info.confirmation.row(run.of)
    assert row is not None
    assert run.trial.best is not None
    assert row.scores[run.seed] == run.trial.best.holdout_score
    assert info.holdout.holdout_examples == found.study.settings["holdout_examples"]


def test_confirming_again_with_more_seeds_keeps_what_there_is(
    confirmation: Confirmation, found: StudyResult, folder: Path
) -> None:
    more = autoclue.confirm(
        "mine", confirm=1, seeds=3, parallel=2, folder=folder
    ).study.confirmation
    assert more is not None
    assert more.seeds[:2] == confirmation.seeds
    assert more.runs[: len(confirmation.runs)] == confirmation.runs
    assert len(more.runs) == len(confirmation.candidates) * 3
