"""Searches over the points of a finished grid, from its recorded curves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import autoclue
from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from autoclue.training import TrialConfig
from benchmarks.real_search.figures import found_in
from benchmarks.real_search.points import Points, points, points_table, search_points

RATES, BATCHES, STEPS = (1e-4, 2e-4, 3e-4, 5e-4), (16, 32, 64), (20, 40, 60)
SPACE = {"name": "toy", "parameters": {"learning_rate": RATES, "batch_size": BATCHES}}


def curve(best: float) -> tuple[Evaluation, ...]:
    return tuple(
        Evaluation(
            step=step, score=best * step / STEPS[-1], dev_loss=0.7, train_loss=0.6,
            learning_rate=1e-3, steps_per_s=9.0, eval_s=0.1, elapsed_s=step / 10, epoch=1,
        )
        for step in STEPS
    )  # fmt: skip


@pytest.fixture
def grid() -> StudyRecord:
    """Twelve whole trials of which the third is the best and the first the default."""
    every = [(rate, batch) for rate in RATES for batch in BATCHES]
    trials = tuple(
        TrialRecord(
            number=number,
            state=TrialState.COMPLETE,
            params={"learning_rate": rate, "batch_size": batch},
            config=TrialConfig(
                task="t", model="m", epochs=1, max_length_tokens=8, learning_rate=rate,
                batch_size=batch,
            ).model_dump(),
            evaluations=curve(0.9 if number == 2 else 0.5 + number / 100),
            total_steps=STEPS[-1],
            evaluation_steps=STEPS,
            baseline=number == 0,
        )
        for number, (rate, batch) in enumerate(every)
    )  # fmt: skip
    return StudyRecord("g", {}, "accuracy", False, SPACE, (), {}, "2026-01-01", trials)


def test_a_search_with_all_updates_of_a_grid_finds_its_best(grid: StudyRecord) -> None:
    found = found_in(search_points(grid, seed=1, budget=12 * 60))

    assert (found.best, found.trials) == (found_in(grid).best, 12)


def test_a_search_begins_with_the_default_and_keeps_to_its_budget(grid: StudyRecord) -> None:
    study = search_points(grid, seed=2, budget=150)

    assert study.trials[0].params == grid.trials[0].params
    assert [trial.evaluations[-1].step for trial in study.trials] == [60, 60, 20, 20]
    assert [trial.stop is None for trial in study.trials] == [True, True, False, False]
    assert len({repr(trial.params) for trial in study.trials}) == 4


def test_a_seed_decides_a_search(grid: StudyRecord) -> None:
    def asked(seed: int) -> list[object]:
        return [trial.params for trial in search_points(grid, seed=seed, budget=300).trials]

    assert asked(5) == asked(5)
    assert len({repr(asked(seed)) for seed in range(4)}) == 4


def test_as_many_searches_run_with_each_budget_as_there_are_seeds(grid: StudyRecord) -> None:
    rows = list(points("t", grid, shares=(0.25, 1.0), seeds=4))

    assert [len(row.reached) for row in rows] == [4, 4]
    assert rows[1].reached == (rows[1].best,) * 4
    assert rows[1].random_order == pytest.approx(rows[1].best)


def test_the_table_tells_how_many_searches_end_with_the_best() -> None:
    *_, row = points_table([Points("t", 0.25, 0.6, (0.6, 0.5, 0.6, 0.3), 0.55)])

    assert row == "| t | 25% | 60.00 | 50.00 ± 7.07 | 55.00 | -5.00 | 50% |"


@pytest.mark.ray
@pytest.mark.paddle
@pytest.mark.slow
def test_a_search_over_points_is_the_one_that_trains(
    easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    def tune(**changes: object) -> StudyRecord:
        given = {
            "strategy": "uniform", "model": str(tiny_model), "parallel": 1, "max_steps": 30,
            "settings": ("learning_rate=0.001,0.01,0.03", "batch_size=16,32"), "folder": tmp_path,
        }  # fmt: skip
        run: Callable[..., autoclue.StudyResult] = autoclue.tune
        return run(str(easy_task), **given, **changes).study

    whole = tune(sampler="grid", scheduler="none", trials=6, study="grid")
    trained = tune(seed=3, step_budget=100, trials=6, study="search")

    told = [
        [
            (t.params, t.state, t.stop, tuple(e.score for e in t.evaluations))
            for t in study.trials
        ]
        for study in (trained, search_points(whole, seed=3, budget=100))
    ]  # fmt: skip
    assert told[0] == told[1]
