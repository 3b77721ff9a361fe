"""What a strategy is."""

from __future__ import annotations

from typing import ClassVar, Protocol

from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import LayerPlan


class Strategy(Protocol):
    """A pure rule that says how each parameter is trained.

    An implementation is a frozen dataclass whose fields are the strategy's parameters, each with
    its range and a sentence for people (`autoclue.parameters`). Beside its name it may state, as
    class attributes:

    - ``neutral``: the values of its parameters at which it is plain fine-tuning. A search then
      knows where its baseline lies in the space, and its sampler learns from it.
    - ``default_space``: the search space for it where none is asked for; ``clue_grid`` otherwise.
    - ``small_space``: the same for small models.
    """

    name: ClassVar[str]

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch.

        The same arguments give the same plan. Between the epochs of a trial only ``trains`` and
        ``lr_scale`` may change: which parameters decay is settled when the optimizer is made.

        Args:
            encoder: The model's parameters with their depths.
            weight_decay: Coefficient for the parameters that decay.
            epoch: The epoch that the plan is for, from 1.

        Raises:
            UsageError: The strategy's parameters don't fit this model.
        """
        ...
