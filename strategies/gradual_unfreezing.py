"""Gradual unfreezing: begin with the top of the model and let one more block train each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.layers import Encoder, LayerPlan, build_plan, cut_into_blocks


@dataclass(frozen=True, slots=True)
class GradualUnfreezing:
    """Train the top block in the first epoch and one more block from the top in each later one.

    Every parameter that trains does so at the base learning rate; from epoch ``blocks`` on all do.

    From Howard & Ruder 2018, "Universal Language Model Fine-tuning for Text Classification"
    (https://aclanthology.org/P18-1031), section 3.3. The paper unfreezes one layer an epoch, which
    is ``blocks`` left out; with few epochs, ask for no more blocks than epochs, or the lowest ones
    never train.
    """

    name: ClassVar[str] = "gradual_unfreezing"
    default_space: ClassVar[str] = "gradual_unfreezing"
    small_space: ClassVar[str] = "gradual_unfreezing_small"
    neutral: ClassVar[Mapping[str, object]] = {"blocks": 1}

    blocks: int | None = Field(
        default=None,
        ge=1,
        description="Epochs until everything trains: the depths are cut into this many runs; left "
        "out, each depth is its own.",
    )

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch: its top ``epoch`` blocks train; see `autoclue.layers.Strategy`.

        Raises:
            UsageError: The model has fewer depths than ``blocks``, or ``epoch`` is below 1.
        """
        if epoch < 1:
            raise UsageError(f"epoch is {epoch}; epochs count from 1.")
        return build_plan(
            encoder,
            cut_into_blocks(encoder, self.blocks),
            lr_scale=lambda block: 1.0,
            weight_decay=weight_decay,
            trained_blocks=epoch,
        )
