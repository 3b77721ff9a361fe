"""The published grid, written from the facts about its scripts and not from the code."""

from __future__ import annotations

import pytest

from autoclue.errors import UsageError
from autoclue.search.suite import published_points, take_shard
from autoclue.tasks import load_task
from autoclue.training import build_config

RATES = (1e-5, 2e-5, 3e-5, 5e-5)
# task: epochs, length, accumulation, dropout values
LOOPS = {
    "afqmc": (3, 128, 1, (0.1,)),
    "tnews": (3, 128, 1, (0.1,)),
    "iflytek": (3, 128, 1, (0.1, 0.0)),
    "ocnli": (5, 128, 1, (0.1,)),
    "cmnli": (2, 128, 1, (0.1,)),
    "cluewsc2020": (50, 128, 1, (0.1, 0.0)),
    "csl": (5, 256, 2, (0.1,)),
}
# task: epochs, length, warm-up, micro-batch at batch sizes 32 and 24
READING = {
    "chid": (3, 64, 0.06, {32: 4, 24: 3}),
    "cmrc2018": (2, 512, 0.1, {32: 8, 24: 6}),
    "c3": (8, 512, 0.1, {32: 2, 24: 2}),
}

Row = tuple[str, float, int, float, int, int, float, int]


def published_rows() -> list[Row]:
    """Task, rate, batch size, dropout, epochs, length, warm-up, accumulation of all 134 runs."""
    rows: list[Row] = []
    for task, (epochs, length, accumulation, dropouts) in LOOPS.items():
        for rate in RATES:
            for size in (16, 32, 64):
                for dropout in dropouts:
                    rows.append((task, rate, size, dropout, epochs, length, 0.1, accumulation))
    for rate in RATES:
        for dropout in (0.1, 0.0):
            rows.append(("cluewsc2020", rate, 8, dropout, 50, 128, 0.1, 1))
    for rate in RATES[:3]:
        for size in (32, 24):
            for task, (epochs, length, warm_up, at_once) in READING.items():
                parts = size // at_once[size]
                rows.append((task, rate, size, 0.1, epochs, length, warm_up, parts))
    return rows


def our_rows() -> list[Row]:
    rows: list[Row] = []
    for point in published_points():
        config = build_config(
            load_task(point.task).recipe,
            task=point.task,
            model="builtin",
            data="builtin",
            strategy="uniform",
            settings=point.params,
        )
        assert config.seed == 42
        assert (config.weight_decay, config.adam_epsilon) == (0.01, 1e-8)
        rows.append(
            (
                *(config.task, config.learning_rate, config.batch_size, config.dropout),
                *(config.epochs, config.max_length_tokens, config.warmup_proportion),
                config.gradient_accumulation_steps,
            )
        )
    return rows


def test_the_134_runs_of_a_model_stand_in_the_published_order() -> None:
    assert len(published_rows()) == 134
    assert our_rows() == published_rows()


def test_each_task_has_as_many_runs_as_published() -> None:
    counts = {task: len(published_points([task])) for task in (*LOOPS, *READING)}
    assert counts == {
        **{"afqmc": 12, "tnews": 12, "iflytek": 24, "ocnli": 12, "cmnli": 12},
        **{"cluewsc2020": 32, "csl": 12, "chid": 6, "cmrc2018": 6, "c3": 6},
    }


def test_shares_are_disjoint_and_together_the_whole() -> None:
    points = published_points()
    shares = [take_shard(points, f"{k}/8") for k in range(1, 9)]
    dealt = [point for share in shares for point in share]
    assert len(dealt) == len(points)
    assert all(point in dealt for point in points)
    assert {len(share) for share in shares} == {16, 17}


@pytest.mark.parametrize("shard", ["0/8", "9/8", "2", "a/b", "1/0", "-1/2"])
def test_a_share_that_is_none_is_refused(shard: str) -> None:
    with pytest.raises(UsageError, match=r"write the share and their number, such as 2/8"):
        take_shard(published_points(), shard)
