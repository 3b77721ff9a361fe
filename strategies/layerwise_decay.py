"""Layer-wise learning-rate decay as ELECTRA's authors fine-tune: one decay a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.layers import Encoder, LayerPlan, build_plan, cut_into_blocks


@dataclass(frozen=True, slots=True)
class LayerwiseDecay:
    """Multiply the learning rate by one decay a layer, going down.

    The pooler and head train at the base rate, layer l of L at ``decay ** (L + 1 - l)`` of it, and
    the embeddings at ``decay ** (L + 1)``.

    From Clark et al. 2020, "ELECTRA: Pre-training Text Encoders as Discriminators Rather Than
    Generators" (https://openreview.net/forum?id=r1xMH1BtvB), appendix on fine-tuning. The authors'
    released code has one power more for everything below the head, ``decay ** (L + 2 - l)``; here
    neighbouring depths always differ by one power, as in PaddleNLP's layer-wise decay.
    """

    name: ClassVar[str] = "layerwise_decay"
    default_space: ClassVar[str] = "layerwise_decay"
    small_space: ClassVar[str] = "layerwise_decay_small"
    neutral: ClassVar[Mapping[str, object]] = {"decay": 1.0}

    decay: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Ratio between a layer's rate and that of the layer above.",
    )

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch: one block for each depth; see `autoclue.layers.Strategy`."""
        return build_plan(
            encoder,
            cut_into_blocks(encoder, None),
            lr_scale=lambda block: self.decay**block,
            weight_decay=weight_decay,
        )
