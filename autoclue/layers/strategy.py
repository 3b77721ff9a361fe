"""What a strategy is."""

from __future__ import annotations

from typing import ClassVar, Protocol

from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import LayerPlan


class Strategy(Protocol):
    """A pure rule that says how each parameter is trained.

    An implementation is a frozen dataclass whose fields are the strategy's parameters; it checks
    their ranges when it is made. A field's ``metadata={"doc": "..."}`` is shown to users.
    """

    name: ClassVar[str]

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        """Plan one epoch.

        The same arguments give the same plan. Between the epochs of a trial only ``trains`` and
        ``lr_scale`` may change: which parameters decay is settled when the optimizer is made.

        Args:
            encoder: The model's parameters with their depths.
            weight_decay: Coefficient for the parameters that decay.
            epoch: The pass over the training set that the plan is for, from 1.

        Raises:
            UsageError: The strategy's parameters don't fit this model.
        """
        ...
