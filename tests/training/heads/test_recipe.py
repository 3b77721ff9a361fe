from __future__ import annotations

import hashlib
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.training.heads.recipe import (
    PUBLISHED,
    ReadingTimetable,
    best_epoch,
    micro_batch_size,
)
from autoclue.training.recipe import epoch_order
from tests.golden.reading import recorded, recorded_on_data

OWN = recorded("own_text_runs")
OWN_RUNS = [pytest.param(run, id=f"{run['task']}, {run['name']}") for run in OWN["runs"]]
TASKS = ("cmrc2018", "chid", "c3")


def timetable(run: dict[str, Any]) -> ReadingTimetable:
    settings = run["settings"]
    return ReadingTimetable(
        micro_batches_per_epoch=run["micro_batches_per_epoch"],
        epochs=settings["epochs"],
        accumulation=settings["gradient_accumulation_steps"],
        warmup_proportion=settings["warmup_proportion"],
    )


def check_arithmetic(run: dict[str, Any]) -> None:
    made = timetable(run)
    assert made.total_steps == run["T"]
    assert made.warmup_steps == run["warmup_updates"]
    assert made.steps == run["updates_made"]
    base = run["settings"]["learning_rate"]
    rates = [base * made.rate_factor(step) for step in range(made.steps)]
    assert rates == run["learning_rate_of_update"]


def check_order(run: dict[str, Any], features: int) -> None:
    for epoch in run["order"]:
        order = epoch_order(features, epoch["epoch"]).tolist()
        assert order[:20] == epoch["first20"]
        joined = " ".join(map(str, order)).encode()
        assert hashlib.sha256(joined).hexdigest() == epoch["sha256_of_all_joined_by_spaces"]


@pytest.mark.parametrize("run", OWN_RUNS)
def test_updates_and_rates_are_the_recorded_ones(run: dict[str, Any]) -> None:
    check_arithmetic(run)
    check_order(run, OWN["features"][run["task"]]["train"]["count"])


@pytest.mark.shared_data
@pytest.mark.parametrize("task", TASKS)
def test_updates_and_rates_on_the_publishers_rows_are_the_recorded_ones(task: str) -> None:
    record = recorded_on_data(task)
    for run in record["runs"]:
        check_arithmetic(run)
        check_order(run, record["data"]["counts"]["train"])


@pytest.mark.parametrize("run", OWN_RUNS)
def test_plan_updates_and_evaluates_as_recorded(run: dict[str, Any]) -> None:
    plan = list(timetable(run).plan())
    assert len(plan) == len(run["micro_batch_losses_divided_by_accumulation"])
    assert sum(step.ends_step for step in plan) == run["updates_made"]
    assert sum(step.ends_epoch for step in plan) == len(run["evaluations"])


@pytest.mark.parametrize("run", OWN_RUNS)
def test_recorded_runs_clip_and_evaluate_as_published(run: dict[str, Any]) -> None:
    published = PUBLISHED[run["task"]]
    assert published.max_grad_norm == run["settings"]["max_grad_norm"]
    assert published.eval_batch_size == run["settings"]["eval_batch_size"]


def test_leftover_micro_batches_make_no_update() -> None:
    plan = list(ReadingTimetable(5, 2, 2, 0.1).plan())
    assert [step.ends_step for step in plan] == [False, True, False, True, False] * 2


def test_epoch_in_which_the_limit_is_reached_ends_and_is_evaluated() -> None:
    made = ReadingTimetable(5, 9, 2, 0.0, max_micro_batches=7)
    plan = list(made.plan())
    assert (made.total_steps, made.steps) == (3, 3)
    assert [(step.epoch, step.place) for step in plan if step.ends_epoch] == [(0, 4), (1, 1)]
    assert plan[-1].place == 1


def test_run_without_warm_up_begins_at_full_rate() -> None:
    made = ReadingTimetable(10, 1, 1, 0.09)
    assert (made.warmup_steps, made.rate_factor(0)) == (0, 1.0)


def test_rate_is_never_negative() -> None:
    assert ReadingTimetable(10, 1, 1, 0.1).rate_factor(99) == 0.0


def test_order_changes_with_the_epoch_and_nothing_else() -> None:
    assert epoch_order(9, 0).tolist() == epoch_order(9, 0).tolist()
    assert epoch_order(9, 0).tolist() != epoch_order(9, 1).tolist()


@pytest.mark.parametrize(
    ("values", "problem"),
    [((0, 1, 1), "has 0, 1 and 1"), ((3, 2, 4), "too few micro-batches for one step")],
)
def test_run_without_steps_is_refused(values: tuple[int, int, int], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        ReadingTimetable(*values, warmup_proportion=0.1)


def test_batch_must_be_divided_evenly() -> None:
    assert micro_batch_size(24, 12) == 2
    with pytest.raises(UsageError, match="batch_size 24 can't be divided by accumulation 5"):
        micro_batch_size(24, 5)


@pytest.mark.parametrize(
    ("scores", "best"), [([0.1, 0.3, 0.3], 1), ([0.0, 0.0], None), ([], None), ([0.5], 0)]
)
def test_best_epoch_is_strictly_better_than_all_before(
    scores: list[float], best: int | None
) -> None:
    assert best_epoch(scores) == best
