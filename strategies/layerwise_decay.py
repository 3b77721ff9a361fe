"""Layer-wise learning-rate decay as ELECTRA's authors fine-tune: one decay a layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from autoclue.errors import UsageError
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

    Attributes:
        decay: Ratio between a layer's rate and that of the layer above, in (0, 1].

    Raises:
        UsageError: ``decay`` is out of its range.
    """

    name: ClassVar[str] = "layerwise_decay"

    decay: float = field(
        default=0.9,
        metadata={"doc": "Ratio between a layer's rate and that of the layer above, in (0, 1]."},
    )

    def __post_init__(self) -> None:
        if not 0.0 < self.decay <= 1.0:
            raise UsageError(f"decay is {self.decay}; it must be above 0 and at most 1.")

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch: one block for each depth; see `autoclue.layers.Strategy`."""
        return build_plan(
            encoder,
            cut_into_blocks(encoder, None),
            lr_scale=lambda block: float(self.decay) ** block,
            weight_decay=weight_decay,
        )
