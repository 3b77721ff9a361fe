"""Discriminative fine-tuning: blocks of layers, each slower than the one above by one factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.layers import (
    Encoder,
    LayerPlan,
    block_scale,
    build_plan,
    cut_into_blocks,
    paddlehub_blocks,
)

PADDLEHUB_BLOCKS = 16
"""Blocks with grouping "paddlehub" if none are asked for: where AutoFinetune's search began."""


@dataclass(frozen=True, slots=True)
class Discriminative:
    """Divide the learning rate by ``factor`` from each block to the one below it.

    Block b, counted from 0 at the top, trains at ``factor ** -b`` of the base rate. The lowest
    ``frozen_blocks`` blocks don't train at all, and no gradient is computed for them.

    From Howard & Ruder 2018, "Universal Language Model Fine-tuning for Text Classification"
    (https://aclanthology.org/P18-1031), section 3.1, where the factor is 2.6. AutoFinetune's best
    factors for an encoder with 24 layers in 14 to 17 blocks are all near 1.1.

    With grouping "layer" a block is a run of neighbouring depths (embeddings, each layer, head).
    With grouping "paddlehub" it is a run of PaddleHub's finer parameter groups, by the formula of
    PaddleHub 1.4, so that a setting found by AutoFinetune means here what it meant there. That
    formula can make fewer blocks than were asked for, and `frozen_blocks`, which PaddleHub didn't
    have, counts the blocks that it makes.
    """

    name: ClassVar[str] = "discriminative"
    default_space: ClassVar[str] = "discriminative"
    small_space: ClassVar[str] = "discriminative_small"
    neutral: ClassVar[Mapping[str, object]] = {"factor": 1.0, "frozen_blocks": 0}

    factor: float = Field(
        default=1.0,
        ge=1,
        allow_inf_nan=False,
        description="Ratio of a block's learning rate to that of the block below.",
    )
    blocks: int | None = Field(
        default=None,
        ge=1,
        description="Number of blocks; left out, one for each depth (layer) or 16 (paddlehub).",
    )
    frozen_blocks: int = Field(
        default=0, ge=0, description="How many of the lowest blocks don't train; the top one must."
    )
    grouping: Literal["layer", "paddlehub"] = Field(
        default="layer",
        description="Cut blocks out of encoder layers, or of PaddleHub's parameter groups.",
    )

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch, the same for all; see `autoclue.layers.Strategy`.

        Raises:
            UsageError: The model can't be cut into so many blocks, freezing so many leaves none to
                train, or its parameters don't fit PaddleHub's groups.
        """
        block_of = self._blocks(encoder)
        count = max(block_of.values()) + 1
        if self.frozen_blocks >= count:
            raise UsageError(
                f"frozen_blocks is {self.frozen_blocks}, but this model has {count} blocks here "
                f"and the top one must train; choose 0 to {count - 1}."
            )
        return build_plan(
            encoder,
            block_of,
            lr_scale=lambda block: block_scale(self.factor, block),
            weight_decay=weight_decay,
            trained_blocks=count - self.frozen_blocks,
        )

    def _blocks(self, encoder: Encoder) -> dict[str, int]:
        if self.grouping == "layer":
            return cut_into_blocks(encoder, self.blocks)
        return paddlehub_blocks(encoder, PADDLEHUB_BLOCKS if self.blocks is None else self.blocks)
