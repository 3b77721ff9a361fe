"""One learning rate for the whole model: plain fine-tuning, to compare everything with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic.dataclasses import dataclass

from autoclue.layers import Encoder, LayerPlan, build_plan


@dataclass(frozen=True, slots=True)
class Uniform:
    """Train every parameter at the base learning rate."""

    name: ClassVar[str] = "uniform"
    default_space: ClassVar[str] = "clue_grid"
    small_space: ClassVar[str] = "clue_grid_small"
    neutral: ClassVar[Mapping[str, object]] = {}

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch: a single block at the base rate; see `autoclue.layers.Strategy`."""
        return build_plan(
            encoder,
            dict.fromkeys(encoder.names, 0),
            lr_scale=lambda block: 1.0,
            weight_decay=weight_decay,
        )
