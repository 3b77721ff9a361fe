from __future__ import annotations

from collections.abc import Callable

from autoclue.layers import Encoder, Group, LayerPlan, layer_rates
from autoclue.records import LayerRate


def test_rates_are_summed_up_by_depth(bert: Callable[[int], Encoder]) -> None:
    encoder = bert(1)
    low = tuple(p.name for p in encoder.parameters if p.depth == 0)
    mixed = tuple(p.name for p in encoder.parameters if p.depth == 1)
    high = tuple(p.name for p in encoder.parameters if p.depth == 2)
    plan = LayerPlan(
        (
            Group(high, 1.0, 0.0, True, 0),
            Group(mixed[:1], 0.5, 0.0, True, 1),
            Group(mixed[1:], 0.25, 0.0, False, 2),
            Group(low, 0.25, 0.0, False, 2),
        )
    )
    assert layer_rates(encoder, plan) == (
        LayerRate(0, "embeddings", 0.25, 0.25, False, 10),
        LayerRate(1, "layer 1", 0.25, 0.5, True, 32),
        LayerRate(2, "head", 1.0, 1.0, True, 8),
    )
