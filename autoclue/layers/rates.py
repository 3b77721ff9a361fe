"""Sum a plan up by depth, for logs and reports."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import LayerPlan


@dataclass(frozen=True, slots=True)
class DepthRate:
    """The learning rate of one depth of the network.

    Attributes:
        depth: 0 = embeddings, 1..L = encoder layers, L+1 = pooler and head.
        label: The depth in words ("embeddings", "layer 3", "head").
        lr_scale_low: Smallest multiplier of the base rate within this depth.
        lr_scale_high: Largest multiplier of the base rate within this depth.
        trains: Whether any parameter of this depth trains.
        parameters: Number of scalars at this depth.
    """

    depth: int
    label: str
    lr_scale_low: float
    lr_scale_high: float
    trains: bool
    parameters: int


def layer_rates(encoder: Encoder, plan: LayerPlan) -> tuple[DepthRate, ...]:
    """Give the range of learning rates at each depth, from the embeddings up."""
    groups = plan.by_name
    rates = []
    for depth in range(encoder.num_depths):
        here = [p for p in encoder.parameters if p.depth == depth]
        scales = [groups[p.name].lr_scale for p in here]
        rates.append(
            DepthRate(
                depth=depth,
                label=encoder.label(depth),
                lr_scale_low=min(scales),
                lr_scale_high=max(scales),
                trains=any(groups[p.name].trains for p in here),
                parameters=sum(p.size for p in here),
            )
        )
    return tuple(rates)
