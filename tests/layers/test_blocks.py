from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.layers import Encoder, Parameter, block_scale, build_plan, cut_into_blocks


def one_each(num_layers: int) -> Encoder:
    depths = range(num_layers + 2)
    return Encoder(num_layers, tuple(Parameter(f"w{depth}", depth, 1) for depth in depths))


@given(num_layers=st.integers(1, 40), data=st.data())
def test_blocks_are_nearly_equal_runs_and_none_is_empty(
    num_layers: int, data: st.DataObject
) -> None:
    encoder = one_each(num_layers)
    blocks = data.draw(st.integers(1, encoder.num_depths))
    block_of = cut_into_blocks(encoder, blocks)
    from_the_top = [block_of[name] for name in reversed(encoder.names)]
    sizes = Counter(from_the_top)
    assert from_the_top == sorted(from_the_top)
    assert set(sizes) == set(range(blocks))
    assert max(sizes.values()) - min(sizes.values()) <= 1


def test_every_depth_is_its_own_block_by_default() -> None:
    assert cut_into_blocks(one_each(2), None) == {"w3": 0, "w2": 1, "w1": 2, "w0": 3}


def test_fourteen_depths_in_four_blocks() -> None:
    # floor(4 c / 14) for c = 0..13
    counts = Counter(cut_into_blocks(one_each(12), 4).values())
    assert counts == {0: 4, 1: 3, 2: 4, 3: 3}


@pytest.mark.parametrize("blocks", [0, -1, 15])
def test_a_count_that_does_not_fit_names_the_models_own(blocks: int) -> None:
    with pytest.raises(UsageError, match=f"blocks is {blocks}.*14 depths.*choose 1 to 14"):
        cut_into_blocks(one_each(12), blocks)


@given(st.integers(0, 200))
def test_a_factor_of_one_is_exactly_one(block: int) -> None:
    assert block_scale(1.0, block) == 1.0
    assert block_scale(1, block) == 1.0


@given(st.floats(1.0, 3.0))
def test_the_top_block_has_exactly_the_base_rate(factor: float) -> None:
    assert block_scale(factor, 0) == 1.0


def test_a_plan_splits_each_block_by_decay(bert: Callable[[int], Encoder]) -> None:
    encoder = bert(1)
    plan = build_plan(
        encoder,
        cut_into_blocks(encoder, 3),
        lr_scale=lambda block: 0.5**block,
        weight_decay=0.01,
        trained_blocks=2,
    )
    figures = [(g.block, g.lr_scale, g.weight_decay, g.trains) for g in plan.groups]
    assert figures == [
        (0, 1.0, 0.01, True),
        (0, 1.0, 0.0, True),
        (1, 0.5, 0.01, True),
        (1, 0.5, 0.0, True),
        (2, 0.25, 0.01, False),
        (2, 0.25, 0.0, False),
    ]
