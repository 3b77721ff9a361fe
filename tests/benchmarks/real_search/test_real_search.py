"""What the benchmark of search quality counts and writes, without a training."""

from __future__ import annotations

import itertools
import statistics
from pathlib import Path

import pytest

from autoclue import write_data
from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from autoclue.tasks import load_task, open_data
from benchmarks.real_search.figures import (
    Compared,
    Found,
    comparison_table,
    expected_best,
    found_in,
)
from benchmarks.real_search.real_search import Setting, grid_rates, write_task

SCORES = (0.41, 0.52, 0.47, 0.52, 0.33, 0.5, 0.39)


def evaluated(step: int, score: float) -> Evaluation:
    return Evaluation(
        step=step, score=score, dev_loss=0.7, train_loss=0.6, learning_rate=1e-3,
        steps_per_s=9.0, eval_s=0.1, elapsed_s=step / 10, epoch=1,
    )  # fmt: skip


def trial(number: int, state: TrialState, *scores: float) -> TrialRecord:
    curve = tuple(evaluated(100 * at, score) for at, score in enumerate(scores, start=1))
    return TrialRecord(number, state, {}, {}, curve, baseline=number == 0)


def study(*trials: TrialRecord) -> StudyRecord:
    return StudyRecord("s", {}, "accuracy", False, {}, (), {}, "2026-01-01", trials)


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    write_data("xnli", tmp_path / "data", builtin_size="tiny")
    return Setting(
        data=tmp_path / "data", model="builtin", out=tmp_path / "out", max_steps=30, eval_every=10,
        dev_rows=7, max_length=64, rate_scale=20.0, share=0.25, seeds=3, strategy="uniform",
        parallel=1,
    )  # fmt: skip


@pytest.mark.parametrize("drawn", range(1, len(SCORES) + 1))
def test_the_best_of_a_random_part_of_a_grid_is_the_mean_over_all_parts(drawn: int) -> None:
    every = [max(part) for part in itertools.combinations(SCORES, drawn)]

    assert expected_best(SCORES, drawn) == pytest.approx(statistics.mean(every), abs=1e-12)


@pytest.mark.parametrize("drawn", [0, len(SCORES) + 1])
def test_more_than_all_of_a_grid_or_nothing_can_not_be_drawn(drawn: int) -> None:
    with pytest.raises(ValueError, match=f"{drawn} of 7 scores can't be drawn"):
        expected_best(SCORES, drawn)


def test_stopped_trials_count_their_updates_but_never_win() -> None:
    found = found_in(
        study(
            trial(0, TrialState.COMPLETE, 0.3, 0.45, 0.4),
            trial(1, TrialState.PRUNED, 0.9),
            trial(2, TrialState.COMPLETE, 0.4, 0.5, 0.6),
        )
    )

    assert (found.scores, found.default, found.best) == ((0.45, 0.6), 0.45, 0.6)
    assert (found.trials, found.updates) == (3, 700)
    assert found.seconds == pytest.approx(70.0)


def test_a_study_without_a_whole_trial_is_refused() -> None:
    with pytest.raises(ValueError, match="s has no whole trial; give it more updates"):
        found_in(study(trial(0, TrialState.PRUNED, 0.5)))


def test_the_table_sets_the_mean_search_against_grid_and_random_order() -> None:
    grid = Found(scores=(0.5, 0.4, 0.6, 0.3), default=0.5, trials=4, updates=400, seconds=40.0)
    searches = tuple(Found((best,), None, 1, 100, 10.0) for best in (0.5, 0.56))

    *_, row = comparison_table([Compared("t", grid, 100, 100, searches)])

    assert row == (
        "| t | 60.00 (45.00) of 4 | 50.00 | 45.00 | 50.00, 56.00 | 53.00 | -7.00 | +8.00 "
        "| 100 of 400 (25.0%) |"
    )


def test_a_task_is_written_with_the_limits_and_the_scaled_default(setting: Setting) -> None:
    path = write_task("xnli", setting)

    spec = load_task(str(path))
    data, shipped = open_data(spec, str(path.parent)), load_task("xnli")
    assert spec.recipe == shipped.recipe.model_copy(
        update={"learning_rate": 6e-4, "eval_every_steps": 10, "max_length_tokens": 64}
    )
    assert len(data.examples("dev")) == 7
    whole = open_data(shipped, str(setting.data))
    assert data.examples("train") == whole.examples("train")
    assert data.examples("dev") == whole.examples("dev")[:7]


def test_the_grid_keeps_its_shape_and_holds_the_default(setting: Setting) -> None:
    default = load_task(str(write_task("xnli", setting))).recipe.learning_rate

    assert grid_rates(setting) == (2e-4, 4e-4, 6e-4, 1e-3)
    assert default in grid_rates(setting)
