"""The arithmetic of the published reading scripts: order, steps, rates, which epoch is best.

Unlike the classification script, T is a whole number, the development set is scored once after
each epoch, and CMRC2018 clips no gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autoclue.errors import UsageError


@dataclass(frozen=True, slots=True)
class PublishedRecipe:
    """What a script fixes, whatever its options say.

    Attributes:
        max_grad_norm: The global norm that gradients are clipped to; ``None`` for no clipping.
        eval_batch_size: Features in a batch of an evaluation.
        adam_epsilon: Added to the root of the second moment.
    """

    max_grad_norm: float | None
    eval_batch_size: int
    adam_epsilon: float = 1e-8


PUBLISHED: Mapping[str, PublishedRecipe] = MappingProxyType(
    {
        "cmrc2018": PublishedRecipe(max_grad_norm=None, eval_batch_size=12),
        "chid": PublishedRecipe(max_grad_norm=1.0, eval_batch_size=24),
        "c3": PublishedRecipe(max_grad_norm=1.0, eval_batch_size=32),
    }
)
"""CMRC2018's option for clipping and the epsilon options of C3 and CHID are read by nobody."""


@dataclass(frozen=True, slots=True)
class ReadingTimetable:
    """Where the steps of a run fall, and at what rate.

    Attributes:
        micro_batches_per_epoch: Micro-batches of an epoch, the last, smaller one counted.
        epochs: Epochs asked for.
        accumulation: Micro-batches whose gradients make one step.
        warmup_proportion: Part of the schedule in which the rate rises, in [0, 1).
        max_micro_batches: Length of the run in place of ``epochs``, as the script's ``max_steps``
            counts it; ``None`` for all epochs.
    """

    micro_batches_per_epoch: int
    epochs: int
    accumulation: int
    warmup_proportion: float
    max_micro_batches: int | None = None

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            UsageError: There would be no step.
        """
        if min(self.micro_batches_per_epoch, self.epochs, self.accumulation) < 1:
            raise UsageError(
                "A run needs at least one micro-batch, one epoch and an accumulation of one; it "
                f"has {self.micro_batches_per_epoch}, {self.epochs} and {self.accumulation}."
            )
        if self.steps < 1:
            raise UsageError(
                f"The run has too few micro-batches for one step with accumulation "
                f"{self.accumulation}; lower it, or train on more."
            )

    @property
    def total_steps(self) -> int:
        """T, the whole number of steps that the rate is laid out for."""
        if self.max_micro_batches is not None:
            return self.max_micro_batches // self.accumulation
        return self.micro_batches_per_epoch * self.epochs // self.accumulation

    @property
    def warmup_steps(self) -> int:
        """Steps during which the rate rises; the first of them is at rate 0."""
        return math.floor(self.warmup_proportion * self.total_steps)

    @property
    def steps(self) -> int:
        """Steps that really happen.

        Micro-batches left over at the end of an epoch make none, so that there can be fewer than
        T, and the rate then never reaches 0.
        """
        return min(self.total_steps, self.epochs * self.steps_per_epoch)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one epoch."""
        return self.micro_batches_per_epoch // self.accumulation

    def rate_factor(self, step: int) -> float:
        """Return what the learning rate is multiplied by.

        Args:
            step: Steps done before this one.
        """
        warmup, total = self.warmup_steps, self.total_steps
        if step < warmup:
            return step / warmup
        return max(0.0, (total - step) / max(1, total - warmup))

    def plan(self) -> Iterator[MicroBatch]:
        """Yield the micro-batches of the run, in order.

        The gradient of micro-batches left over at the end of an epoch stays and enters the next
        epoch's first step. An epoch in which T is reached ends there.
        """
        done = 0
        for epoch in range(self.epochs):
            for place in range(self.micro_batches_per_epoch):
                moves = (place + 1) % self.accumulation == 0
                done += moves
                last = done == self.total_steps and moves
                ends = last or place + 1 == self.micro_batches_per_epoch
                yield MicroBatch(epoch, place, ends_step=moves, ends_epoch=ends)
                if last:
                    return


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """One micro-batch of a plan.

    Attributes:
        epoch: The epoch, from 0.
        place: The micro-batch in it, from 0.
        ends_step: Whether the optimizer steps after it.
        ends_epoch: Whether the development set is scored after it.
    """

    epoch: int
    place: int
    ends_step: bool
    ends_epoch: bool


def micro_batch_size(batch_size: int, accumulation: int) -> int:
    """Return the features in a micro-batch.

    Raises:
        UsageError: The batch can't be divided evenly.
    """
    if batch_size % accumulation:
        raise UsageError(
            f"batch_size {batch_size} can't be divided by accumulation {accumulation}; choose "
            "one that can."
        )
    return batch_size // accumulation


def best_epoch(scores: Sequence[float]) -> int | None:
    """Find the first epoch with the best score; one without any success is no best.

    Args:
        scores: A score in [0, 1] after each epoch; EM for CMRC2018, accuracy otherwise.

    Returns:
        The epoch from 0, or ``None`` while all scores are 0.
    """
    best = max(scores, default=0.0)
    return scores.index(best) if best > 0.0 else None
