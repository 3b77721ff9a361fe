"""Sum a plan up by depth, for logs and reports."""

from __future__ import annotations

from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import LayerPlan
from autoclue.records import LayerRate


def layer_rates(encoder: Encoder, plan: LayerPlan) -> tuple[LayerRate, ...]:
    """Return the range of learning rates at each depth, from the embeddings up.

    Examples:
        >>> from autoclue.layers import find_depths, layer_rates
        >>> sizes = {
        ...     "bert.embeddings.word_embeddings.weight": 800,
        ...     "bert.encoder.layers.0.linear1.weight": 64,
        ...     "bert.encoder.layers.1.linear1.weight": 64,
        ...     "classifier.bias": 3,
        ... }
        >>> encoder = find_depths(sizes)
        >>> from autoclue.layers.registry import load_strategy
        >>> strategy = load_strategy("discriminative", {"factor": 2.0, "frozen_blocks": 1})
        >>> plan = strategy.plan(encoder, weight_decay=0.01, epoch=1)
        >>> for rate in layer_rates(encoder, plan):
        ...     print(rate.label, rate.lr_scale_high, rate.trains)
        embeddings 0.125 False
        layer 1 0.25 True
        layer 2 0.5 True
        head 1.0 True
    """
    groups = plan.by_name
    rates = []
    for depth in range(encoder.num_depths):
        here = [p for p in encoder.parameters if p.depth == depth]
        scales = [groups[p.name].lr_scale for p in here]
        rates.append(
            LayerRate(
                depth=depth,
                label=encoder.label(depth),
                lr_scale_low=min(scales),
                lr_scale_high=max(scales),
                trains=any(groups[p.name].trains for p in here),
                parameters=sum(p.size for p in here),
            )
        )
    return tuple(rates)
