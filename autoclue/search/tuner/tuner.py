"""What a search does, free of whatever runs the trials: asks, records, stops, ends."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from optuna.trial import FrozenTrial

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Evaluation, Stop, TrialState, best_evaluation
from autoclue.search.stopping import Board, Scheduler
from autoclue.search.store import Ledger, Prepared, prepared_of, recorded_evaluations
from autoclue.search.tuner.trial_source import TrialSource
from autoclue.training import TrialConfig

HOPELESS_FAILURES = 3
MOST_DEATHS = 3
"""A trial whose worker process has died so often has failed."""


class Job(NamedTuple):
    """A trial for the executor to run.

    Attributes:
        number: The trial's number.
        config: Its complete settings.
        after_step: The last update whose evaluation is recorded already; 0 for none. The trial
            goes on behind it.
    """

    number: int
    config: TrialConfig
    after_step: int


class Listener(Protocol):
    """Is told what happens, as it happens; draws a table or prints lines."""

    def started(self, number: int, config: TrialConfig) -> None:
        """A trial begins."""

    def prepared(self, number: int, prepared: Prepared) -> None:
        """A trial has loaded everything and stands before its next update."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """A trial has scored the development set."""

    def requeued(self, number: int, reason: str) -> None:
        """A trial was thrown back and will go on later: its process died, or memory ran out."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """A trial has ended, with its best score or with the reason of its stop or failure."""

    def scoring(self, number: int) -> None:
        """After the search, the kept model of a trial is scored on the test part."""


@dataclass(slots=True)
class _Live:
    config: TrialConfig
    evaluations: dict[int, Evaluation] = field(default_factory=dict)
    last_step: int | None = None  # of its schedule, once known
    changed: bool = False  # whether its settings are others than it was asked with

    @property
    def best_score(self) -> float | None:
        best = best_evaluation(self.evaluations.values())
        return None if best is None else best.score

    @property
    def after_step(self) -> int:
        return max(self.evaluations, default=0)


@dataclass(slots=True)
class Tuner:
    """Runs one study on behalf of an executor, which only has to train.

    The executor calls ``next_trial`` while it has room, and then for each trial ``prepared``,
    ``evaluated`` as often as there are evaluations, and ``ended`` or ``failed`` once, or ``died``
    or ``out_of_memory`` when the trial may go on later. A trial that it loses without any of these
    stays running in the ledger and goes on next time. What it says of a trial that is closed
    already is not recorded.

    Attributes:
        ledger: Where everything is written.
        source: Knows what to try next.
        scheduler: When to stop a trial; ``None`` never stops one.
        parallel: How many may run at once.
        listener: Is told what happens.
        deadline_s: When to begin no more trials and stop those that run, on ``clock``.
        step_budget: When to begin no more trials and stop those that run, in updates of all
            trials together, counted up to their last recorded evaluation; those that an earlier
            run took count too. A trial that was left running still goes on to its next evaluation.
        clock: Gives seconds; a test passes its own.
        check: Is called before anything is written; raises where this process may not write.
    """

    ledger: Ledger
    source: TrialSource
    scheduler: Scheduler | None
    parallel: int
    listener: Listener
    deadline_s: float | None = None
    step_budget: int | None = None
    clock: Callable[[], float] = time.monotonic
    check: Callable[[], None] = lambda: None
    ending: str | None = None
    _board: Board = field(default_factory=Board)
    _live: dict[int, _Live] = field(default_factory=dict)
    _waiting: deque[tuple[int, _Live]] = field(default_factory=deque)
    _updates: dict[int, int] = field(default_factory=dict)  # recorded, by trial
    _failures: int = 0
    _scored: bool = False

    def restore(self) -> None:
        """Take up a study where the ledger leaves it: curves, decisions, trials left running.

        A trial whose stop was recorded, or whose last evaluation, is closed; the others that were
        left running will go on first, in the order of their numbers.
        """
        self.source.restore()
        for trial in self.ledger.trials():
            if "config" in trial.user_attrs:
                self._restore_trial(trial)

    def _restore_trial(self, trial: FrozenTrial) -> None:
        recorded = recorded_evaluations(trial)
        self._scored = self._scored or bool(recorded)
        self._updates[trial.number] = max((e.step for e, _ in recorded), default=0)
        prepared = prepared_of(trial)
        if prepared is not None:
            self._enter(trial.number, prepared)
            for evaluation, _ in recorded:
                self._board.report(trial.number, evaluation.step, evaluation.score)
        if trial.state.name != TrialState.RUNNING:
            if prepared is not None:
                self._board.close(trial.number, TrialState(trial.state.name))
            return
        for evaluation, _ in recorded:
            if evaluation.step not in trial.intermediate_values:
                self.ledger.tell_score(trial.number, evaluation)
        live = _Live(TrialConfig.model_validate(trial.user_attrs["config"]))
        live.evaluations = {e.step: e for e, _ in recorded}
        live.last_step = None if prepared is None else prepared.evaluation_steps[-1]
        live.changed = "change" in trial.user_attrs
        if any(stop is not None for _, stop in recorded):
            self.ledger.pruned(trial.number)
            self._board.close(trial.number, TrialState.PRUNED)
        elif live.last_step in live.evaluations and live.best_score is not None:
            self.ledger.completed(trial.number, live.best_score)
            self._board.close(trial.number, TrialState.COMPLETE)
        else:
            self._waiting.append((trial.number, live))

    def next_trial(self) -> Job | None:
        """Begin a trial if one is due and there is room; ``None`` otherwise."""
        if len(self._live) >= self.parallel or self.finished_asking():
            return None
        self.check()
        if self._waiting:
            number, live = self._waiting.popleft()
            self.ledger.restart(number)
        else:
            number, config = self.source.next()
            live = _Live(config)
        self._live[number] = live
        self.listener.started(number, live.config)
        return Job(number, live.config, live.after_step)

    def finished_asking(self) -> bool:
        """Tell whether no further trial will begin; ``ending`` then says why."""
        if self._waiting and self.ending is not None and not self._cut_short():
            self.ending = None  # a trial was thrown back
        if self.ending is None:
            self.ending = self._why_end()
        return self.ending is not None

    def _why_end(self) -> str | None:
        cut_short = self._cut_short()
        if cut_short is not None:
            return cut_short
        if self._waiting:
            return None
        if self._steps_spent():
            return f"the budget of {self.step_budget:,} updates is spent"
        return self.source.spent()

    def _steps_spent(self) -> bool:
        return self.step_budget is not None and self.updates >= self.step_budget

    @property
    def updates(self) -> int:
        """Updates of all trials so far, each up to its last recorded evaluation."""
        return sum(self._updates.values())

    def _cut_short(self) -> str | None:
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return "the time budget is spent"
        if not self._scored and self._failures >= max(HOPELESS_FAILURES, self.parallel):
            return f"the first {self._failures} trials all failed"
        return None

    @property
    def done(self) -> bool:
        """Whether no trial runs and none will begin."""
        return not self._live and self.finished_asking()

    def prepared(self, number: int, prepared: Prepared) -> bool:
        """Take note that a trial stands before its next update.

        Returns:
            Whether it goes on. One that has another schedule than before its interruption can't,
            and has failed, unless its settings were changed on purpose.
        """
        live = self._live.get(number)
        if live is None:
            return False
        self.check()
        live.last_step = prepared.evaluation_steps[-1]
        if live.changed and number in self._board:
            self._board.reschedule(
                number,
                total_steps=prepared.total_steps,
                evaluation_steps=prepared.evaluation_steps,
            )
        try:
            self._enter(number, prepared)
        except AutoclueError as error:
            self.failed(number, str(error))
            return False
        self.ledger.prepared(number, prepared)
        self.listener.prepared(number, prepared)
        return True

    def _enter(self, number: int, prepared: Prepared) -> None:
        self._board.open(
            number,
            total_steps=prepared.total_steps,
            evaluation_steps=prepared.evaluation_steps,
            baseline=self.source.is_baseline(number),
        )

    def evaluated(self, number: int, evaluation: Evaluation) -> Stop | None:
        """Decide whether a trial stops after an evaluation, and record both in one piece.

        Returns:
            The stop, which has been recorded, or ``None`` to go on. A trial that is closed already
            is told to stop, and nothing is recorded; an evaluation that is recorded already stays
            as it is, and so does its decision.

        Raises:
            UsageError: A loss or the score is not finite; nothing is recorded.
        """
        problem = evaluation.problem()
        if problem is not None:
            raise UsageError(f"Trial {number} reported an unusable evaluation: {problem}.")
        live = self._live.get(number)
        if live is None:
            return _plain_stop("the trial is closed already", evaluation.step, evaluation.score)
        if evaluation.step in live.evaluations:
            return None
        self.check()
        live.evaluations[evaluation.step] = evaluation
        self._updates[number] = live.after_step
        self._scored = True
        self._board.report(number, evaluation.step, evaluation.score)
        stop = self._stop(number, evaluation, live)
        self.ledger.evaluated(number, evaluation, stop)
        self.listener.evaluated(number, evaluation)
        if stop is not None:
            self.ledger.pruned(number)
            self._close(number, TrialState.PRUNED, stop.reason)
        return stop

    def _stop(self, number: int, evaluation: Evaluation, live: _Live) -> Stop | None:
        if evaluation.step == live.last_step:
            return None
        best = evaluation.score if live.best_score is None else live.best_score
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return _plain_stop("the time budget was spent", evaluation.step, best)
        if self._steps_spent():
            reason = f"the budget of {self.step_budget:,} updates was spent"
            return _plain_stop(reason, evaluation.step, best)
        if self.scheduler is None or self.source.is_baseline(number):
            return None
        return self.scheduler.decide(self._board, number)

    def ended(self, number: int) -> None:
        """Close a trial that has run its whole schedule."""
        live = self._live.get(number)
        if live is None:
            return
        score = live.best_score
        if score is None:
            self.failed(number, "It ended without any evaluation.")
            return
        self.check()
        self.ledger.completed(number, score)
        self._close(number, TrialState.COMPLETE, None)

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that can't go on; a trial closed already is left as it is."""
        if number not in self._live:
            return
        self.check()
        self.ledger.failed(number, reason, log=log)
        self._failures += 1
        told = reason if log is None else f"{reason} (log: {log})"
        self._close(number, TrialState.FAIL, told)

    def died(self, number: int, reason: str) -> None:
        """Let a trial go on later whose process died; after so many times it has failed."""
        if number not in self._live:
            return
        self.check()
        deaths = self.ledger.died(number, reason)
        if deaths < MOST_DEATHS:
            self._requeue(number, self._live[number].config, reason)
        else:
            self.failed(number, f"{reason} It has died {deaths} times.")

    def out_of_memory(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Let a trial go on with half the micro-batch and the same batch; once, if it can."""
        live = self._live.get(number)
        if live is None:
            return
        self.check()
        config, before = live.config, live.config.micro_batch_size
        if before % 2 != 0 or live.changed:
            self.failed(number, reason, log=log)
            return
        settings: Mapping[str, Any] = config.model_dump()
        halves = 2 * config.gradient_accumulation_steps
        halved = TrialConfig.model_validate({**settings, "gradient_accumulation_steps": halves})
        told = (
            f"memory ran out with {before} examples at once; it goes on with {before // 2}, and "
            f"still {config.batch_size} an update"
        )
        self.ledger.changed(number, halved.model_dump(), halved.key, reason=f"{told}: {reason}")
        live.changed = True
        self._requeue(number, halved, told)

    def _requeue(self, number: int, config: TrialConfig, reason: str) -> None:
        live = self._live.pop(number)
        live.config = config
        self._waiting.append((number, live))
        self.listener.requeued(number, reason)

    def _close(self, number: int, state: TrialState, reason: str | None) -> None:
        live = self._live.pop(number)
        if number in self._board:
            self._board.close(number, state)
        self.listener.ended(number, state, score=live.best_score, reason=reason)


def _plain_stop(reason: str, step: int, score: float) -> Stop:
    """Make a stop that compares nothing."""
    return Stop(reason=reason, rung=None, step=step, score=score, cutoff=None, comparators=0)
