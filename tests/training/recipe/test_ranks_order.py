"""The order that the published scripts give several cards, against Paddle's own sampler."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from autoclue.training import TrialConfig
from autoclue.training.ranks import rows_of_rank
from autoclue.training.recipe import epoch_order, filled_up, training_batches

EPOCHS = 2


@pytest.mark.paddle
@pytest.mark.parametrize("ranks", [2, 3])
@pytest.mark.parametrize("rows", [40, 41, 43])
def test_each_card_gets_the_rows_that_paddles_sampler_gives_it(rows: int, ranks: int) -> None:
    from paddle.io import DistributedBatchSampler

    size = 4
    for rank in range(ranks):
        sampler = DistributedBatchSampler(
            list(range(rows)), size, num_replicas=ranks, rank=rank, shuffle=True
        )
        for epoch in range(EPOCHS):
            published = [list(batch) for batch in sampler]
            order = epoch_order(rows, epoch, ranks=ranks)
            ours = [
                rows_of_rank(batch, rank=rank, count=ranks).tolist()
                for batch in training_batches(order, size * ranks)
            ]
            assert ours == published


def test_one_card_is_not_filled_up() -> None:
    assert filled_up(41, 1) == 41
    assert sorted(epoch_order(41, 0).tolist()) == list(range(41))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_parts_are_the_batch_in_its_order(count: int) -> None:
    rows = np.array([7, 3, 9])
    parts = [rows_of_rank(rows, rank=rank, count=count) for rank in range(count)]
    assert np.concatenate(parts).tolist() == rows.tolist()
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.paddle
@pytest.mark.parametrize(("rows", "cards", "size"), [(41, 2, 8), (200, 3, 16), (33, 2, 16)])
def test_steps_follow_from_the_rows_of_a_card(
    rows: int, cards: int, size: int, make_config: Callable[..., TrialConfig]
) -> None:
    each = {"protocol": "clue", "batch_per": "card", "batch_size": size, "epochs": 3}
    published = math.ceil(math.ceil(rows / cards) / size) * 3
    assert make_config(cards=cards, **each).timetable(rows).steps == published
    by_step = {**each, "batch_per": "step"}
    assert make_config(cards=cards, **by_step).timetable(rows) == make_config(**by_step).timetable(
        rows
    )
