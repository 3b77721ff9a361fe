from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.search.cards import largest_of, largest_of_plan
from autoclue.search.spec import Plan
from tests.search.spec.conftest import cache, made, planned

__all__ = ["cache", "made", "planned"]

Planned = Callable[..., Plan]


def test_the_largest_batch_and_the_longest_text_come_together(planned: Planned) -> None:
    plan = planned(settings={"batch_size": [16, 64, 32], "max_length_tokens": [128, 64]})
    found = largest_of_plan(plan)
    assert (found.batch_size, found.max_length_tokens) == (64, 128)


def test_a_batch_in_fewer_parts_takes_more(planned: Planned) -> None:
    plan = planned(settings={"batch_size": [32], "gradient_accumulation_steps": [4, 1, 2]})
    assert largest_of_plan(plan).micro_batch_size == 32


def test_no_block_is_frozen_where_some_may_train(planned: Planned) -> None:
    plan = planned(strategy="discriminative", settings={"frozen_blocks": [2, 0, 1]})
    assert largest_of_plan(plan).strategy_params["frozen_blocks"] == 0


def test_the_baseline_counts_too(planned: Planned) -> None:
    plan = planned(settings={"batch_size": [8]}, baseline={"batch_size": 64})
    assert largest_of_plan(plan).batch_size == 64


@pytest.mark.parametrize(
    ("one", "other"), [((16, 512), (64, 128)), ((33, 128), (32, 128)), ((16, 256), (31, 128))]
)
def test_longer_texts_take_more_than_as_many_tokens_of_shorter_ones(
    planned: Planned, one: tuple[int, int], other: tuple[int, int]
) -> None:
    base = planned().baseline
    configs = [
        base.model_copy(update={"batch_size": rows, "max_length_tokens": tokens})
        for rows, tokens in (other, one)
    ]
    found = largest_of(configs)
    assert (found.batch_size, found.max_length_tokens) == one
