"""One fine-tuning run, driven from one evaluation of the development set to the next."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, LayerRate, best_evaluation
from autoclue.tasks import Predictions, find_kind, find_metric
from autoclue.training.checkpoints import (
    Arrays,
    Keeper,
    SavedState,
    StateError,
    TrialProgress,
    put_random_state,
)
from autoclue.training.config import TrialConfig
from autoclue.training.data import Workspace, split_dev
from autoclue.training.evaluate import SplitAnswers, answer_split
from autoclue.training.logs import Pulse, train_log
from autoclue.training.loop.earlier import SAME_STEPS, LeftState
from autoclue.training.loop.learner import Learner
from autoclue.training.loop.together import (
    arrays_of_rank,
    gather_random_states,
    random_state_of_rank,
    read_materials,
    together_lines,
)
from autoclue.training.platform import flush_denormals, flushing_enabled, load_paddle
from autoclue.training.protocols import find_protocol
from autoclue.training.ranks import SOLE, Ranks
from autoclue.training.recipe import training_batches


class Trial:
    """Trains one configuration; ``advance`` goes on to the next evaluation.

    The numbers of a trial depend on its configuration alone, on one kind of CPU to the last digit:
    not on what its process did before, nor on who calls ``advance`` when, nor on how often it was
    interrupted and went on from its state.

    Attributes:
        config: What is trained.
        timetable: Where its steps and evaluations fall.
        learner: The network, its optimizer and its rates.
        history: All evaluations so far, those before an interruption included.
    """

    def __init__(
        self,
        config: TrialConfig,
        workspace: Workspace,
        *,
        device: str = "cpu",
        folder: Path | None = None,
        log: logging.Logger | None = None,
        resume: bool = False,
        may_differ: Collection[str] = frozenset(),
        pulse: Pulse | None = None,
        left: LeftState | None = None,
        leaves_state: bool = False,
        saved: Callable[[], None] = lambda: None,
        ranks: Ranks = SOLE,
    ) -> None:
        """Load everything and stand before the first step, or where an earlier run has been.

        Args:
            config: What to train.
            workspace: What this process keeps between trials.
            device: Paddle's device name, ``cpu`` or ``gpu:0``.
            folder: Where the best model is kept, in ``folder/best``, and the state to go on from;
                ``None`` keeps neither.
            log: Gets the lines of the training log.
            resume: Go on from the state in ``folder`` if there is one that can be used; the log
                says why one can't.
            may_differ: Names of settings that may be others in that state, beside those of
                ``SAME_STEPS``.
            pulse: Is told of the steps between evaluations.
            left: What the training has left that it goes on from; ``None`` trains that first.
            leaves_state: Whether its last evaluation leaves a state, for others to go on from.
            saved: Is called when a state has been saved, so that it can be kept elsewhere too.
            ranks: The processes that train it together. Each has a trial like this one and calls
                the same methods; the first one alone has a folder, a log and a pulse.

        Raises:
            TrialFailedError: A loss or score isn't finite in a training that it goes on from.
            UsageError: Something the trial needs can't be read or doesn't fit the model.
        """
        self._paddle = load_paddle()
        self._paddle.set_device(device)
        self._ranks = ranks
        self._device: Literal["cpu", "gpu"] = "cpu" if device == "cpu" else "gpu"
        self._on_gpu, self._place = device != "cpu", device
        self.config = config
        self._protocol = find_protocol(config.protocol)
        self._log = log or logging.getLogger(__name__)
        self._pulse = pulse
        self._workspace, self._left = workspace, left
        self._keeper = Keeper(folder, self._log, saved)
        self._materials = read_materials(workspace, config, self._log, ranks)
        self._pad_id = int(self._materials.tokenizer.pad_token_id)
        self._metric = find_metric(self._materials.spec.metric)
        kind, dev = find_kind(self._materials.spec.kind), self._materials.dev_examples
        self._references = kind.references(dev)
        self._dev_parts = split_dev(kind.strata(dev), config.holdout)
        self.timetable = config.timetable(len(self._materials.train))
        self._step = 0
        self._epoch = 0
        self._micro_batch = 0  # within the epoch
        self._elapsed_s = 0.0
        self._leaves_at = self.timetable.evaluation_steps[-1] if leaves_state else None
        self.history: tuple[Evaluation, ...] = ()
        state = ranks.share(self._find_state(may_differ) if resume else None)
        self.learner = self._new_learner(begins=state is None)
        if state is not None:
            self._go_on_with(state)
        self._log.info(train_log.protocol_line(config.protocol))
        for line in together_lines(config):
            self._log.info(line)
        self._log_rates()

    def _find_state(self, may_differ: Collection[str]) -> SavedState | None:
        return self._keeper.find_state(
            self.config,
            data=self._materials.data.fingerprint,
            device=self._device,
            may_differ=SAME_STEPS.union(may_differ),
        )

    def _go_on_with(self, state: SavedState) -> None:
        progress = state.progress
        try:
            self.learner.put_arrays(state.arrays, step=progress.step, epoch=progress.epoch)
            self._random_state = put_random_state(arrays_of_rank(state.arrays, self._ranks.rank))
        except StateError as error:
            self._keeper.reject(error)
            self.learner = self._new_learner(begins=True)
            return
        self.learner.train_loss = progress.train_loss
        self._step, self._epoch = progress.step, progress.epoch
        self._micro_batch = math.ceil(progress.examples_in_epoch / self.config.rows_at_once)
        self._elapsed_s = progress.elapsed_s
        self.history = progress.evaluations
        self._log.info(train_log.continues_line(self._step))

    def _new_learner(self, *, begins: bool) -> Learner:
        """Load the network; dropout draws its masks from here on.

        Args:
            begins: Whether it stands before the first step, with what it goes on from.
        """
        earlier = self._arrays_of_earlier() if begins else None  # one network at a time
        learner = Learner(
            *(self.config, self._materials, self.timetable),
            on_gpu=self._on_gpu,
            ranks=self._ranks,
        )
        if earlier is not None:
            learner.begin_with(earlier)
            self._log.info(train_log.goes_on_line(len(self.config.earlier)))
        self._random_state = random_state_of_rank(self.config, self._ranks)
        return learner

    def _arrays_of_earlier(self) -> Arrays | None:
        """Return what the training has come to that it goes on from, trained anew if need be."""
        parent = self.config.parent
        if parent is None:
            return None
        found = self._ranks.share(self._left_by(parent))
        if not isinstance(found, str):
            return found
        self._log.info(train_log.trains_earlier_line(found or None))
        trial = Trial(
            *(parent, self._workspace),
            device=self._place,
            log=self._log,
            pulse=self._pulse,
            ranks=self._ranks,
        )
        last = trial.timetable.evaluation_steps[-1]
        while trial.step < last:
            trial.advance()
        return {name: array.copy() for name, array in trial.learner.take_arrays().items()}

    def _left_by(self, parent: TrialConfig) -> Arrays | str:
        """Return what that training has left, or why that is of no use; "" where it is nothing."""
        if self._left is None:
            return ""
        data = self._materials.data.fingerprint
        try:
            return self._left.read(parent, data=data, device=self._device)
        except StateError as error:
            return str(error)

    def _take_state(self) -> SavedState:
        examples = self._micro_batch * self.config.rows_at_once
        progress = TrialProgress(
            config=self.config,
            key=self.config.key,
            data=self._materials.data.fingerprint,
            device=self._device,
            step=self._step,
            epoch=self._epoch,
            examples_in_epoch=min(examples, len(self._materials.train)),
            train_loss=self.learner.train_loss,
            elapsed_s=self._elapsed_s,
            evaluations=self.history,
        )
        random = gather_random_states(self._random_state, self._ranks)
        return SavedState(progress, {**self.learner.take_arrays(), **random})

    @property
    def layer_rates(self) -> tuple[LayerRate, ...]:
        """Learning rates by depth in the current epoch, lowest depth first."""
        return self.learner.layer_rates

    @property
    def step(self) -> int:
        """Steps done so far."""
        return self._step

    @property
    def best(self) -> Evaluation | None:
        """The evaluation with the highest score, the earliest of equals."""
        return best_evaluation(self.history)

    def advance(self) -> Evaluation | None:
        """Train up to the next evaluation and score the development set.

        Returns:
            The evaluation, or ``None`` when the schedule has ended.

        Raises:
            TrialFailedError: A loss or score is not finite.
            FolderError: The trial's folder can't be written.
        """
        with flush_denormals(enabled=not self._on_gpu and flushing_enabled()), self._own_random():
            began = time.perf_counter()
            began_step = self._step
            if not self._train_to_evaluation():
                return None
            train_s = time.perf_counter() - began
            steps = self._step - began_step
            evaluation = self._evaluate(train_s, steps)
        at_its_end = self._step in (self.config.until_step, self._leaves_at)
        if self._ranks.share(self._keeper.wants_state(now=at_its_end)):
            self._keeper.keep_state(self._take_state)
        return evaluation

    @contextmanager
    def _own_random(self) -> Iterator[None]:
        """Draw dropout masks where this trial left off, whatever else drew from Paddle since."""
        self._paddle.set_rng_state(self._random_state)
        try:
            yield
        finally:
            self._random_state = self._paddle.get_rng_state()

    def _train_to_evaluation(self) -> bool:
        began, began_step = time.perf_counter(), self._step
        if self._pulse is not None:
            self._pulse.begin(self._step, self.timetable.total_steps)
        while self._step < self.timetable.steps:
            if self._micro_batch == 0:
                self._begin_epoch()
            size = self.config.rows_at_once
            for rows in training_batches(self._order(), size, skip=self._micro_batch):
                self.learner.learn(rows, step=self._step + 1)
                self._micro_batch += 1
                if self._micro_batch % self.timetable.accumulation != 0:
                    continue
                self._step += 1
                self.learner.take_step(self._step)
                self._change_settings()
                if self._pulse is not None:
                    self._pulse.beat(self._step)
                if self.timetable.evaluates_after(self._step):
                    self.learner.check_losses()
                    speed = (self._step - began_step) / (time.perf_counter() - began)
                    self._log_progress(speed)
                    return True
                if self._step >= self.timetable.steps:
                    break
            else:
                self._epoch += 1
                self._micro_batch = 0
        self.learner.check_losses()
        return False

    def _order(self) -> NDArray[np.int64]:
        """Return the training features of this epoch, in order."""
        order = self._protocol.order(
            *(len(self._materials.train), self._epoch, self.config.seed),
            ranks=self.config.cards if self.config.counts_each_card else 1,
        )
        if not self._protocol.mends.drop_leftovers:
            return order
        return order[: self.timetable.features_in_steps(self.config.rows_at_once)]

    def _begin_epoch(self) -> None:
        if self._epoch > 0 and self.learner.begin_epoch(self._epoch):
            self._log_rates()

    def _change_settings(self) -> None:
        if self.learner.change(self._step, epoch=self._epoch):
            changed = next(c for c in self.config.changes if c.at_step == self._step)
            self._log.info(train_log.change_line(self._step, changed.settings))
            self._log_rates()

    def _log_rates(self) -> None:
        rate = self.config.at(self._step).learning_rate
        self._log.info(train_log.rates_line(self.layer_rates, rate))

    def _evaluate(self, train_s: float, steps: int) -> Evaluation:
        began = time.perf_counter()
        needed = self._materials
        answers = answer_split(
            *(self.learner.network, needed.head, needed.dev, needed.dev_examples),
            pad_id=self._pad_id,
            batch_size=self._protocol.evaluation_batch(self.config.micro_batch_size),
            ranks=self._ranks,
        )
        eval_s = time.perf_counter() - began
        self._elapsed_s += train_s + eval_s
        scores = self._score(answers.predictions, self._dev_parts.selection)
        held_out = {}
        if self.config.holdout > 0:
            held_out = self._score(answers.predictions, self._dev_parts.held_out)
        evaluation = Evaluation(
            step=self._step,
            score=scores[self._metric.primary],
            dev_loss=answers.loss,
            train_loss=self.learner.train_loss,
            learning_rate=self.learner.rate(self._step - 1),
            steps_per_s=steps / train_s,
            eval_s=eval_s,
            elapsed_s=self._elapsed_s,
            epoch=self._epoch + 1,
            holdout_score=held_out.get(self._metric.primary),
            scores=scores,
            holdout_scores=held_out,
        )
        self._note(evaluation, answers)
        return evaluation

    def _score(self, predictions: Predictions, rows: NDArray[np.int64]) -> dict[str, float]:
        places = rows.tolist()
        references = [self._references[place] for place in places]
        return self._metric.score(predictions.take(places), references)

    def _note(self, evaluation: Evaluation, answers: SplitAnswers) -> None:
        self._log.info(
            train_log.evaluation_line(
                last_batch_loss=answers.last_batch_loss,
                scores=evaluation.scores,
                seconds=evaluation.eval_s,
                holdout_scores=evaluation.holdout_scores,
            )
        )
        problem = evaluation.problem()
        if problem is not None:
            raise TrialFailedError(f"The development set can't be scored: {problem}.")
        if self.best is None or evaluation.score > self.best.score:
            self._keeper.keep_best(
                evaluation,
                network=self.learner.network,
                tokenizer=self._materials.tokenizer,
                config=self.config,
                spec=self._materials.spec,
            )
        self.history = (*self.history, evaluation)

    def _log_progress(self, steps_per_s: float) -> None:
        self._log.info(
            train_log.progress_line(
                step=self._step,
                total_steps=self.timetable.total_steps,
                epoch=self._epoch,
                batch=self._micro_batch - 1,
                loss=self.learner.train_loss / self.timetable.accumulation,
                learning_rate=self.learner.rate(self._step),
                steps_per_s=steps_per_s,
            )
        )
