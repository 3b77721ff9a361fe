"""What a network computes in while it trains: 32 bits, or 16 of them where that does no harm.

Weights, moments and gradients have 32 bits in any case; Paddle casts what goes into the large
products. The gradients of fp16 are scaled, so that the small ones don't vanish.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from autoclue.system import answered_afterwards
from autoclue.training.checkpoints import Arrays, StateError
from autoclue.training.config import Precision
from autoclue.training.platform import load_paddle

DTYPES: Final = {"bf16": "bfloat16", "fp16": "float16"}
SCALE: Final = "scaling.scale"
STEPS: Final = "scaling.steps"
FIRST_SCALE: Final = 2.0**15


@dataclass(slots=True)
class Computing:
    """Computes losses and gradients, and steps, in some precision.

    Attributes:
        precision: ``fp32``, ``bf16`` or ``fp16``.
    """

    precision: Precision
    _scaler: Any = field(default=None)

    def __post_init__(self) -> None:
        """Make what scales gradients, where they are of 16 bits with few for the exponent."""
        if self.precision == "fp16":
            amp = load_paddle().amp
            self._scaler = amp.GradScaler(init_loss_scaling=FIRST_SCALE)

    def forward(self) -> contextlib.AbstractContextManager[None]:
        """Return what a loss is computed in."""
        if self.precision == "fp32":
            return contextlib.nullcontext()
        found: contextlib.AbstractContextManager[None] = load_paddle().amp.auto_cast(
            dtype=DTYPES[self.precision], level="O1"
        )
        return found

    def backward(self, loss: Any) -> None:
        """Add the gradients of a loss, scaled where they need it."""
        scaled = loss if self._scaler is None else self._scaler.scale(loss)
        with answered_afterwards():
            scaled.backward()

    def step(self, optimizer: Any) -> None:
        """Move the weights; gradients that have overflowed move none, and lower the scale."""
        if self._scaler is None:
            optimizer.step()
            return
        self._scaler.step(optimizer)
        self._scaler.update()

    def take(self) -> Arrays:
        """Return what a trial needs of it to go on."""
        if self._scaler is None:
            return {}
        state = self._scaler.state_dict()
        steps = [state["incr_count"], state["decr_count"]]
        return {
            SCALE: np.asarray(state["scale"], dtype=np.float32).reshape(1),
            STEPS: np.array(steps, dtype=np.int64),
        }

    def put(self, arrays: Arrays) -> None:
        """Go on where another one of the same precision has been.

        Raises:
            StateError: The arrays aren't from such a one.
        """
        if self._scaler is None:
            return
        if SCALE not in arrays or STEPS not in arrays:
            raise StateError("it lacks the scale of its gradients")
        good, bad = (int(number) for number in arrays[STEPS])
        state = self._scaler.state_dict()
        told = {"scale": arrays[SCALE], "incr_count": good, "decr_count": bad}
        self._scaler.load_state_dict({**state, **told})
