"""What a search does, free of whatever runs the trials: asks, records, stops, ends."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Evaluation, Stop, TrialState
from autoclue.search.stopping import Board, Scheduler
from autoclue.search.store import Ledger, Prepared, StateRef, StoredState, StoredTrial
from autoclue.search.tuner.deaths import counter_of, may_go_on
from autoclue.search.tuner.events import Done, Job, Listener, Wait
from autoclue.search.tuner.live_trial import LiveTrial
from autoclue.search.tuner.trial_source import TrialSource
from autoclue.training import TrialConfig

HOPELESS_FAILURES = 3
"""So many trials that fail before any is scored end a search, or as many as run at once."""
FAILURES_IN_A_ROW = 8
"""So many trials that fail one after another end it, or twice as many as run at once."""


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
        listeners: Are told what happens, in their order.
        deadline_s: When to begin no more trials and stop those that run, on ``clock``.
        step_budget: The same in steps of all trials together, those of earlier runs included, each
            up to its last recorded evaluation. A trial left running goes on to its next one.
        clock: Gives seconds; a test passes its own.
        pauses: Whether a trial that a budget ends goes on in another run. No scheduler stops any.
        leaves_states: Whether each trial's last evaluation leaves a state for others.
        check: Is called before anything is written; raises where this process may not write.
        ending: Why no further trial will begin, once that is so; a clause for people.
    """

    ledger: Ledger
    source: TrialSource
    scheduler: Scheduler | None
    parallel: int
    listeners: Sequence[Listener]
    deadline_s: float | None = None
    step_budget: int | None = None
    clock: Callable[[], float] = time.monotonic
    pauses: bool = False
    leaves_states: bool = False
    check: Callable[[], None] = lambda: None
    ending: str | None = None
    _board: Board = field(default_factory=Board)
    _live: dict[int, LiveTrial] = field(default_factory=dict)
    _queue: deque[tuple[int, LiveTrial]] = field(default_factory=deque)  # begun before, to go on
    _steps: dict[int, int] = field(default_factory=dict)  # recorded, by trial
    _steps_taken: int = 0  # their sum
    _source_says: Wait | Done | None = None  # until it is asked again
    _failures: int = 0
    _failures_in_a_row: int = 0
    _scored: bool = False

    def restore(self) -> None:
        """Take up a study where the ledger leaves it: curves, decisions, trials left running.

        A trial whose stop was recorded, or whose last evaluation, is closed; the others that were
        left running will go on first, in the order of their numbers.
        """
        self._source_says = self.source.restore()
        for trial in self.ledger.committed():
            self._restore_trial(trial)

    def _restore_trial(self, trial: StoredTrial) -> None:
        found, number = trial.attributes, trial.number
        recorded, prepared = found.recorded, found.prepared
        self._scored = self._scored or bool(recorded)
        begun = 0 if found.start_from is None else found.start_from.at_step
        self._note_steps(number, max(found.evaluations, default=0) - begun)
        if prepared is not None:
            self._enter(number, prepared)
            for each in recorded:
                self._board.report(number, each.evaluation.step, each.evaluation.score)
        if trial.state is not TrialState.RUNNING:
            if prepared is not None:
                self._board.close(number, trial.state)
            return
        for each in recorded:
            if each.evaluation.step not in trial.scores:
                self.ledger.tell_score(number, each.evaluation)
        live = LiveTrial(
            TrialConfig.model_validate(trial.config),
            found.start_from or StateRef(number),
            evaluations={each.evaluation.step: each.evaluation for each in recorded},
            last_step=None if prepared is None else prepared.evaluation_steps[-1],
            changed=found.change is not None,
        )
        if any(each.stop is not None for each in recorded):
            self.ledger.pruned(number)
            self._board.close(number, TrialState.PRUNED)
        elif live.last_step in live.evaluations and live.best_score is not None:
            self.ledger.completed(number, live.best_score)
            self._board.close(number, TrialState.COMPLETE)
        else:
            self._queue.append((number, live))

    def next_trial(self) -> Job | None:
        """Begin a trial if one is due and there is room; ``None`` otherwise.

        Raises:
            AutoclueError: The source waits for a trial, and none runs.
        """
        if len(self._live) >= self.parallel or self._asks_no_more():
            return None
        if not self._queue and isinstance(self._source_says, Wait):
            return None
        self.check()
        job = self._requeued_job() if self._queue else self._new_job()
        if job is not None:
            job = replace(job, leaves_state=self.leaves_states)
            for listener in self.listeners:
                listener.started(job.number, job.config)
        return job

    def _requeued_job(self) -> Job:
        number, live = self._queue.popleft()
        self.ledger.restart(number)
        self._live[number] = live
        return Job(number, live.config, live.after_step, live.start_from)

    def _new_job(self) -> Job | None:
        found = self.source.next()
        if isinstance(found, Job):
            self._live[found.number] = LiveTrial(
                found.config, found.start_from or StateRef(found.number)
            )
            return found
        self._source_says = found
        if isinstance(found, Wait) and not self._live:
            raise AutoclueError(
                "The search can't go on: what comes next depends on trials that run, and none "
                "does. That is a mistake in the source of its trials; report it with the ledger."
            )
        self._asks_no_more()
        return None

    def _asks_no_more(self) -> bool:
        """Return whether no further trial will begin; ``ending`` then says why."""
        if self._queue and self.ending is not None and not self._cut_short():
            self.ending = None  # a trial was requeued
        if self.ending is None:
            self.ending = self._why_end()
        return self.ending is not None

    def _why_end(self) -> str | None:
        if (cut_short := self._cut_short()) is not None:
            return cut_short
        if self._queue:
            return None
        if self._steps_spent():
            return f"the budget of {self.step_budget:,} steps is spent"
        return self._source_says.reason if isinstance(self._source_says, Done) else None

    def _steps_spent(self) -> bool:
        return self.step_budget is not None and self.steps_taken >= self.step_budget

    @property
    def steps_taken(self) -> int:
        """Steps of all trials so far, each up to its last recorded evaluation."""
        return self._steps_taken

    def _note_steps(self, number: int, steps: int) -> None:
        self._steps_taken += max(0, steps) - self._steps.get(number, 0)
        self._steps[number] = max(0, steps)

    def _cut_short(self) -> str | None:
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return "the time budget is spent"
        if not self._scored and self._failures >= max(HOPELESS_FAILURES, self.parallel):
            return f"the first {self._failures} trials all failed"
        if self.gave_up:
            return f"{self._failures_in_a_row} trials failed one after another"
        return None

    @property
    def gave_up(self) -> bool:
        """Whether so many trials have failed one after another that something else is wrong."""
        return self._failures_in_a_row >= max(FAILURES_IN_A_ROW, 2 * self.parallel)

    @property
    def n_waiting(self) -> int:
        """How many trials wait to go on that were begun before."""
        return len(self._queue)

    @property
    def done(self) -> bool:
        """Whether no trial runs and none will begin."""
        return not self._live and self._asks_no_more()

    def prepared(self, number: int, prepared: Prepared) -> bool:
        """Take note that a trial stands before its next step.

        Returns:
            Whether it goes on. One that has another schedule than before its interruption can't,
            and has failed, unless its settings were changed on purpose.
        """
        if (live := self._live.get(number)) is None:
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
        for listener in self.listeners:
            listener.prepared(number, prepared)
        return True

    def _enter(self, number: int, prepared: Prepared) -> None:
        self._board.open(
            number,
            total_steps=prepared.total_steps,
            evaluation_steps=prepared.evaluation_steps,
            baseline=self.source.is_baseline(number),
        )

    def evaluated(
        self, number: int, evaluation: Evaluation, *, state: StoredState | None = None
    ) -> Stop | None:
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
        if (live := self._live.get(number)) is None:
            return _plain_stop("the trial is closed already", evaluation.step, evaluation.score)
        if evaluation.step in live.evaluations:
            return None
        self.check()
        live.evaluations[evaluation.step] = evaluation
        self._note_steps(number, live.after_step - live.start_from.at_step)
        self._scored = True
        self._board.report(number, evaluation.step, evaluation.score)
        stop = self._stop(number, evaluation, live)
        closes = stop is not None and not self.pauses
        told = stop if closes else None
        self.ledger.evaluated(number, evaluation, told, state=state, closes=closes)
        self._ask_source_again()
        for listener in self.listeners:
            listener.evaluated(number, evaluation)
        if stop is not None and self.pauses:
            self._pause(number, stop.reason)
        elif stop is not None:
            self._close(number, TrialState.PRUNED, stop.reason)
        return stop

    def _pause(self, number: int, reason: str) -> None:
        """Let a trial go on in another run; in the ledger it is one that was left running."""
        del self._live[number]
        self._tell_requeued(number, reason)

    def _stop(self, number: int, evaluation: Evaluation, live: LiveTrial) -> Stop | None:
        if evaluation.step == live.last_step:
            return None
        best = evaluation.score if live.best_score is None else live.best_score
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return _plain_stop("the time budget was spent", evaluation.step, best)
        if self._steps_spent():
            reason = f"the budget of {self.step_budget:,} steps was spent"
            return _plain_stop(reason, evaluation.step, best)
        if self.scheduler is None or self.source.is_baseline(number):
            return None
        return self.scheduler.decide(self._board, number)

    def ended(self, number: int) -> None:
        """Close a trial that has run its whole schedule."""
        if (live := self._live.get(number)) is None:
            return
        if (score := live.best_score) is None:
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
        self._failures_in_a_row += 1
        self._close(number, TrialState.FAIL, reason if log is None else f"{reason} (log: {log})")

    def died(
        self, number: int, reason: str, *, with_machine: bool = False, starved: bool = False
    ) -> None:
        """Let a trial go on later whose process died; after so many times it has failed."""
        if number not in self._live:
            return
        self.check()
        counter = counter_of(with_machine=with_machine, starved=starved)
        times = self.ledger.died(number, reason, counter=counter)
        if may_go_on(number, counter, times):
            self._requeue(number, self._live[number].config, reason)
        else:
            self.failed(number, f"{reason} It has died {times} times.")

    def fits(self, trials: int) -> None:
        """Take note of how many trials fit at once on what runs them."""
        self.parallel = max(1, trials)

    def noted(self, text: str) -> None:
        """Pass on a sentence about the search as a whole."""
        for listener in self.listeners:
            listener.noted(text)

    def out_of_memory(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Let a trial go on with half the micro-batch and the same batch; once, if it can."""
        if (live := self._live.get(number)) is None:
            return
        self.check()
        config, before = live.config, live.config.micro_batch_size
        if before % 2 != 0 or live.changed:
            self.failed(number, reason, log=log)
            return
        halved = config.with_half_micro_batch()
        told = (
            f"memory ran out with {before} examples at once; it goes on with {before // 2}, and "
            f"still {config.batch_size} a step"
        )
        self.ledger.changed(number, halved.model_dump(), halved.key, reason=f"{told}: {reason}")
        live.changed = True
        self._requeue(number, halved, told)

    def goes_on_later(self, number: int, reason: str) -> None:
        """Let a trial go on later as it is, with more of its device."""
        if number in self._live:
            self.check()
            self._requeue(number, self._live[number].config, reason)

    def _requeue(self, number: int, config: TrialConfig, reason: str) -> None:
        live = self._live.pop(number)
        live.config = config
        self._queue.append((number, live))
        self._ask_source_again()
        self._tell_requeued(number, reason)

    def _tell_requeued(self, number: int, reason: str) -> None:
        for listener in self.listeners:
            listener.requeued(number, reason)

    def _close(self, number: int, state: TrialState, reason: str | None) -> None:
        live = self._live.pop(number)
        if state is not TrialState.FAIL:
            self._failures_in_a_row = 0
        if number in self._board:
            self._board.close(number, state)
        self._ask_source_again()
        for listener in self.listeners:
            listener.ended(number, state, score=live.best_score, reason=reason)

    def _ask_source_again(self) -> None:
        """Ask a source that waits once more: something has happened."""
        if isinstance(self._source_says, Wait):
            self._source_says = None


def _plain_stop(reason: str, step: int, score: float) -> Stop:
    """Make a stop that compares nothing."""
    return Stop(reason=reason, rung=None, step=step, score=score, cutoff=None, comparators=0)
