"""The published recipe as arithmetic: how many steps, where evaluations fall, in which order.

Source: PaddleNLP's ``run_clue_classifier.py`` and ``run_cls.sh``, and its scripts for the reading
tasks, which round the schedule down to whole steps and evaluate after each epoch. Their quirks are
kept, each one where it stands, because the published figures contain them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import UsageError


@dataclass(frozen=True, slots=True)
class Timetable:
    """Where the steps and evaluations of a trial fall.

    Attributes:
        total_steps: Length of the learning-rate schedule in steps. It may be fractional: with
            gradient accumulation the script divides and doesn't round, so that the rate need not
            reach 0 and the evaluation at the end may never fall (CSL at batch size 64).
        epochs: How often the training set is gone through, the last one perhaps cut short.
        micro_batches: Micro-batches in an epoch.
        accumulation: Micro-batches in a step.
        eval_every_steps: Steps between evaluations.
        eval_every_epochs: Epochs between evaluations instead; ``None`` counts steps.
        until_step: The step after which it ends, if that is short of its schedule.
    """

    total_steps: float
    epochs: int
    micro_batches: int
    accumulation: int
    eval_every_steps: int
    eval_every_epochs: float | None = None
    until_step: int | None = None

    @property
    def steps(self) -> int:
        """Steps that really happen."""
        whole = self.whole_steps
        return whole if self.until_step is None else min(whole, self.until_step)

    @property
    def whole_steps(self) -> int:
        """Steps of the whole schedule.

        A micro-batch left over at the end of an epoch makes no step of its own; its gradient
        leaks into the first step of the next epoch, as in the script.
        """
        possible = self.epochs * (self.micro_batches // self.accumulation)
        return min(possible, math.ceil(self.total_steps))

    def evaluates_after(self, step: int) -> bool:
        """Return whether the development set is scored after this step (from 1).

        Every ``eval_every_steps`` steps and at the very end of the schedule. A schedule too
        short or too fractional for any evaluation is scored once, at its last step: the script
        would end without a result there.

        Counted in epochs, evaluations fall after the step that completes each share of an epoch's
        steps, and after the last step of all. Micro-batches left over at the end of an epoch come
        after its evaluation, which no score can tell: they move no weight.
        """
        if self.eval_every_epochs is not None:
            return step == self.whole_steps or self._shares(step) > self._shares(step - 1)
        if step % self.eval_every_steps == 0 or step == self.total_steps:
            return True
        return step == self.whole_steps and not self._has_regular_evaluation

    def _shares(self, step: int) -> int:
        """Count the shares of an epoch that are complete after so many steps."""
        # Written as a decimal, 0.1 is a tenth, so that ten shares are an epoch.
        share = Fraction(str(self.eval_every_epochs)) * (self.micro_batches // self.accumulation)
        return math.floor(step / share)

    @property
    def _has_regular_evaluation(self) -> bool:
        whole = self.whole_steps
        return whole >= self.eval_every_steps or whole == self.total_steps

    def features_in_steps(self, micro_batch_size: int) -> int:
        """Return the features of an epoch that belong to a step of the same epoch.

        It counts the last micro-batch as whole where the epoch ends with a step.

        Args:
            micro_batch_size: Features of a micro-batch.
        """
        return self.micro_batches // self.accumulation * self.accumulation * micro_batch_size

    @property
    def evaluation_steps(self) -> tuple[int, ...]:
        """Every step after which the development set is scored, ascending."""
        return tuple(s for s in range(1, self.steps + 1) if self.evaluates_after(s))


def make_timetable(
    *,
    examples: int,
    batch_size: int,
    accumulation: int,
    epochs: int,
    max_steps: int | None,
    eval_every_steps: int,
    eval_every_epochs: float | None = None,
    whole_steps: bool = False,
    exact_length: bool = False,
    until_step: int | None = None,
) -> Timetable:
    """Lay out a trial's steps.

    Args:
        examples: Rows of the training set.
        batch_size: Examples in a step.
        accumulation: Micro-batches in a step.
        epochs: How often the training set is gone through when ``max_steps`` is ``None``.
        max_steps: Length of the schedule in steps. The script divides its own option of this
            name by the accumulation; here it always counts steps.
        eval_every_steps: Steps between evaluations.
        eval_every_epochs: Epochs between evaluations instead; ``None`` counts steps.
        whole_steps: Whether the length of the schedule is rounded down to whole steps, as the
            scripts for the reading tasks do.
        exact_length: Whether the schedule counts the steps that happen and no others, so that the
            rate ends at 0, with an evaluation.
        until_step: The step after which it ends, if that is short of its schedule.

    Raises:
        UsageError: One epoch makes no step at all.
    """
    micro_batches = math.ceil(examples / (batch_size // accumulation))
    steps_per_epoch = micro_batches // accumulation
    if steps_per_epoch == 0:
        raise UsageError(
            f"{examples} training rows make {micro_batches} micro-batches of "
            f"{batch_size // accumulation}, fewer than the {accumulation} that one step takes; "
            "lower gradient_accumulation_steps or batch_size."
        )
    if max_steps is None:
        published = micro_batches * epochs / accumulation
        total_steps = float(math.floor(published)) if whole_steps else published
        if exact_length:
            total_steps = float(steps_per_epoch * epochs)
    else:
        total_steps, epochs = float(max_steps), math.ceil(max_steps / steps_per_epoch)
    return Timetable(
        total_steps=total_steps,
        epochs=epochs,
        micro_batches=micro_batches,
        accumulation=accumulation,
        eval_every_steps=eval_every_steps,
        eval_every_epochs=eval_every_epochs,
        until_step=until_step,
    )


def filled_up(examples: int, ranks: int) -> int:
    """Return how many rows an epoch has once each of some processes has as many as the others."""
    return math.ceil(examples / ranks) * ranks


def epoch_order(examples: int, epoch: int, *, ranks: int = 1) -> NDArray[np.int64]:
    """Return the order of the training rows in one epoch, ``[filled_up(examples, ranks)]``.

    Paddle's ``DistributedBatchSampler`` shuffles with a generator seeded by the number of the
    epoch (from 0) and nothing else, so that the order is the same whatever the trial's seed. For
    several processes it adds the first rows again until each has as many, and shuffles then.

    Args:
        examples: Rows of the training set.
        epoch: The epoch, from 0.
        ranks: Processes that share the rows out.
    """
    order = np.resize(np.arange(examples), filled_up(examples, ranks))
    np.random.RandomState(epoch).shuffle(order)
    return order


def seeded_epoch_order(examples: int, epoch: int, seed: int) -> NDArray[np.int64]:
    """Return an order of the training rows in one epoch that follows the seed, ``[examples]``."""
    order = np.arange(examples)
    # RandomState, because NumPy has frozen its streams.
    np.random.RandomState([seed, epoch]).shuffle(order)
    return order


def training_batches(
    order: NDArray[np.int64], micro_batch_size: int, *, skip: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Yield the features of each micro-batch of an epoch; the last one may be smaller.

    Args:
        order: The features in the order of the epoch, ``[features]``.
        micro_batch_size: Features of a micro-batch.
        skip: Micro-batches at the start of the epoch that have been done already.
    """
    for start in range(skip * micro_batch_size, len(order), micro_batch_size):
        yield order[start : start + micro_batch_size]


def evaluation_batches(
    lengths: Sequence[int] | NDArray[np.int64],
    batch_size: int,
    *,
    batch_tokens: int | None = None,
) -> list[NDArray[np.int64]]:
    """Cut the development rows into batches of similar length, longest first.

    Padding is what evaluation spends most of its time on; sorted batches hold next to none.

    Args:
        lengths: Tokens of each feature, all its sequences counted as long as the longest.
        batch_size: Features of a batch, at most.
        batch_tokens: Tokens of a batch, padding counted, at most; a longer feature stands alone.
            ``None`` sets no limit.
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    batches: list[NDArray[np.int64]] = []
    start = 0
    while start < len(order):
        size = batch_size
        if batch_tokens is not None:
            size = max(1, min(size, batch_tokens // max(1, int(lengths[order[start]]))))
        batches.append(order[start : start + size])
        start += size
    return batches
