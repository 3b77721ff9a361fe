"""Sum a plan up by depth, for logs and reports."""

from __future__ import annotations

from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import LayerPlan
from autoclue.records import LayerRate


def layer_rates(encoder: Encoder, plan: LayerPlan) -> tuple[LayerRate, ...]:
    """Give the range of learning rates at each depth, from the embeddings up."""
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
