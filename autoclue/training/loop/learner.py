"""What learns in a trial: the network, its optimizer, and the rates that its strategy sets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import TrialFailedError, UsageError
from autoclue.layers import LayerPlan, Strategy, layer_rates
from autoclue.layers.paddle_adapter import apply_plan, make_adamw
from autoclue.layers.registry import load_strategy
from autoclue.records import LayerRate
from autoclue.training.checkpoints import MOMENT, Arrays, put_arrays, put_weights, take_arrays
from autoclue.training.config import TrialConfig
from autoclue.training.data import Materials
from autoclue.training.loop.precision import Computing
from autoclue.training.model import (
    check_ids,
    check_length,
    depths_of,
    dropouts_of,
    recompute_layers,
    reset_dropouts,
)
from autoclue.training.platform import (
    HALF_NEEDS_GPU,
    load_paddle,
    needed_by_all,
    spread_attention_masks,
    sum_bias_gradients_by_row,
)
from autoclue.training.protocols import find_protocol
from autoclue.training.ranks import SOLE, Ranks, rows_of_rank, sum_gradients
from autoclue.training.recipe import Timetable, make_schedule

GPU_LOSS_CHECK_STEPS = 25
"""Reading a loss waits for the GPU, so it is done for this many steps at once."""


class Learner:
    """Learns from batches; where they come from, and when it is evaluated, is not its concern.

    Attributes:
        network: A PaddleNLP model with the task's head, in training mode.
        train_loss: The loss of the last micro-batch that was checked; NaN before the first.
    """

    def __init__(
        self,
        config: TrialConfig,
        materials: Materials,
        timetable: Timetable,
        *,
        on_gpu: bool,
        ranks: Ranks = SOLE,
    ) -> None:
        """Load the pretrained weights and stand before the first step.

        Args:
            config: What is trained.
            materials: What the trial reads.
            timetable: Where its steps fall.
            on_gpu: Whether Paddle's current device is a GPU.
            ranks: The processes that train it together, each with a learner like this one.

        Raises:
            TroubleError: The network can't be loaded; no trial could.
            UsageError: It doesn't fit the trial.
        """
        if config.precision != "fp32" and not on_gpu:
            raise UsageError(HALF_NEEDS_GPU)
        self._config = config
        self._timetable = timetable
        self._on_gpu = on_gpu
        self._ranks = ranks
        self._schedule = make_schedule(
            config.schedule,
            total_steps=timetable.total_steps,
            warmup_proportion=config.warmup_proportion,
        )
        self._head = materials.head
        self._train = materials.train
        self._pad_id = int(materials.tokenizer.pad_token_id)
        self._losses: list[tuple[int, Any]] = []
        self.train_loss = float("nan")
        with needed_by_all("The model"):
            self.network: Any = self._head.build(
                materials.location, seed=config.seed, keep_head=config.keep_head
            )
        check_ids(self.network, [int(part.ids.max()) for part in (materials.train, materials.dev)])
        check_length(self.network, config.max_length_tokens)
        self._dropout_as_built = dropouts_of(self.network)
        self._now = config.at(0)
        find_protocol(config.protocol).set_dropout(self.network, config.dropout)
        self._computing = Computing(config.precision)
        if not on_gpu:
            sum_bias_gradients_by_row(self.network)
            spread_attention_masks(self.network)
        if config.recompute:
            recompute_layers(self.network)
        self._encoder = depths_of(self.network)
        self._strategy = self._strategy_now()
        self._plan = self._plan_of_epoch(0)
        self._optimizer: Any = self._new_optimizer(0)
        self.network.train()

    def _new_optimizer(self, step: int) -> Any:
        """Make the optimizer that trains by the plan and the settings as they are now."""
        return make_adamw(
            self.network,
            self._plan,
            learning_rate=self.rate(step),
            weight_decay=self._now.weight_decay,
            adam_epsilon=self._config.adam_epsilon,
            max_grad_norm=self._config.max_grad_norm,
        )

    @property
    def layer_rates(self) -> tuple[LayerRate, ...]:
        """Learning rates by depth in the current epoch, lowest depth first."""
        return layer_rates(self._encoder, self._plan)

    def rate(self, step: int) -> float:
        """Return the learning rate of the step after so many."""
        base = self._config.learning_rate
        for change in self._config.changes:
            if change.at_step <= step:
                base = float(change.settings.get("learning_rate") or base)
        return base * self._schedule(step)

    def take_arrays(self) -> Arrays:
        """Return weights and moments, as ``put_arrays`` takes them."""
        return {**take_arrays(self.network, self._optimizer), **self._computing.take()}

    def put_arrays(self, arrays: Arrays, *, step: int, epoch: int) -> None:
        """Go on where another learner of the same configuration has been.

        Args:
            arrays: What its ``take_arrays`` gave.
            step: Steps it had done.
            epoch: Its epoch, from 0.

        Raises:
            StateError: They don't fit this network; it is then of no more use.
        """
        put_arrays(self.network, self._optimizer, arrays)
        self._computing.put(arrays)
        if not self.change(step, epoch=epoch):
            self._plan = self._plan_of_epoch(epoch)
            apply_plan(self.network, self._plan)
            self._optimizer.set_lr(self.rate(step))

    def begin_with(self, arrays: Arrays) -> None:
        """Begin a schedule with what another training has come to; nothing is trained yet.

        Args:
            arrays: What its learner's ``take_arrays`` gave. Moments among them are taken over
                where the configuration says so; all begin anew otherwise.

        Raises:
            StateError: They don't fit this network; it is then of no more use.
        """
        if self._config.carry == "weights":
            put_weights(self.network, arrays)
            return
        put_arrays(self.network, self._optimizer, arrays)
        apply_plan(self.network, self._plan)
        self._optimizer.set_lr(self.rate(0))

    def change(self, step: int, *, epoch: int) -> bool:
        """Take on the settings that hold after a step; return whether they are others.

        Weights and moments stay as they are; a parameter that begins to train has no moments yet.
        Nothing may be pending between two steps, but a micro-batch left over at an epoch's end.

        Args:
            step: Steps done.
            epoch: The epoch, from 0.

        Raises:
            UsageError: Parameters that have trained would train no longer, or the strategy refuses
                a value.
        """
        now = self._config.at(step) if self._config.changes else self._now
        if now == self._now:
            return False
        decay_before, dropout_before = self._now.weight_decay, self._now.dropout
        self._now = now
        self._strategy = self._strategy_now()
        if now.dropout != dropout_before:
            reset_dropouts(self._dropout_as_built)
            find_protocol(now.protocol).set_dropout(self.network, now.dropout)
        self._plan = self._plan_of_epoch(epoch)
        self._refuse_to_freeze(step)
        if now.weight_decay != decay_before:
            arrays = {name: array.copy() for name, array in self.take_arrays().items()}
            self._optimizer = self._new_optimizer(step)  # its decay is settled for its life
            put_arrays(self.network, self._optimizer, arrays)
        apply_plan(self.network, self._plan)
        self._optimizer.set_lr(self.rate(step))
        return True

    def _refuse_to_freeze(self, step: int) -> None:
        groups = self._plan.by_name
        moments = {name for name in self.take_arrays() if name.startswith(MOMENT)}
        frozen = sorted(
            name for name, g in groups.items() if not g.trains and f"{MOMENT}{name}" in moments
        )
        if frozen:
            raise UsageError(
                f"The settings that hold after step {step} freeze {frozen[0]}, which has trained; "
                "what has trained must go on training."
            )

    def _strategy_now(self) -> Strategy:
        return load_strategy(self._now.strategy, self._now.strategy_params)

    def begin_epoch(self, epoch: int) -> bool:
        """Ask the strategy for the rates of an epoch; return whether they have changed.

        Args:
            epoch: The epoch, from 0.
        """
        plan = self._plan_of_epoch(epoch)
        if plan == self._plan:
            return False
        self._plan = plan
        apply_plan(self.network, plan)
        return True

    def _plan_of_epoch(self, epoch: int) -> LayerPlan:
        return self._strategy.plan(
            self._encoder, weight_decay=self._now.weight_decay, epoch=epoch + 1
        )

    def learn(self, rows: NDArray[np.int64], *, step: int) -> None:
        """Add the gradients of a micro-batch; each rank adds those of its part of the rows.

        Every row counts as much as on one card, however many rows a rank has.

        Args:
            rows: Numbers of its features in the training set.
            step: The step that it belongs to, from 1.
        """
        mine = rows_of_rank(rows, rank=self._ranks.rank, count=self._ranks.count)
        loss = self._learn_part(mine, rows) if len(mine) else load_paddle().zeros([])
        self._losses.append((step, loss))

    def _learn_part(self, mine: NDArray[np.int64], rows: NDArray[np.int64]) -> Any:
        """Add the gradients of a part of a micro-batch; return what it adds to the loss.

        Args:
            mine: The part, at least one row.
            rows: The whole, by which each row counts. The part is padded as the whole, except
                where the cards have batches of their own.
        """
        least = 0 if self._config.counts_each_card else int(self._train.lengths[rows].max())
        batch = self._train.batch(mine, self._pad_id, least_length_tokens=least)
        with self._computing.forward():
            loss = self._head.loss(self.network, batch)
        if self._timetable.accumulation > 1:
            loss = loss / self._timetable.accumulation
        if len(mine) < len(rows):
            loss = loss * (len(mine) / len(rows))
        self._computing.backward(loss)
        return loss.detach()

    def take_step(self, step: int) -> None:
        """Move the weights by the gradients so far.

        Args:
            step: Steps done with this one.

        Raises:
            TrialFailedError: A loss is not finite.
        """
        if self._ranks.count > 1:
            sum_gradients(self.network, self._ranks)
        self._computing.step(self._optimizer)
        self._optimizer.clear_grad()
        if not self._on_gpu or step % GPU_LOSS_CHECK_STEPS == 0:
            self.check_losses()
        self._optimizer.set_lr(self.rate(step))

    def check_losses(self) -> None:
        """Read the losses since the last check.

        Raises:
            TrialFailedError: One is not finite.
        """
        for step, loss in self._summed_losses():
            self.train_loss = float(loss) * self._timetable.accumulation
            if not np.isfinite(self.train_loss):
                raise TrialFailedError(
                    f"The training loss became {self.train_loss} at step {step} of "
                    f"{self._timetable.total_steps:g}."
                )
        self._losses.clear()

    def _summed_losses(self) -> list[tuple[int, Any]]:
        """Return the losses of whole micro-batches, each rank's part added."""
        if self._ranks.count == 1 or not self._losses:
            return self._losses
        steps, losses = zip(*self._losses, strict=True)
        whole = load_paddle().stack(list(losses))
        self._ranks.add(whole)
        return list(zip(steps, whole.numpy().tolist(), strict=True))
