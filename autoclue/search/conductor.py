"""What a search does, free of whatever runs the trials: asks, records, stops, ends."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from autoclue.errors import UsageError
from autoclue.records import Evaluation, Scalar, Stop, TrialState
from autoclue.search.ledger import Ledger, Prepared, state_of
from autoclue.search.proposer import Proposer
from autoclue.search.reading import evaluations_of
from autoclue.search.stopping import Board, Rule
from autoclue.training import TrialConfig

HOPELESS_FAILURES = 3


class Listener(Protocol):
    """Is told what happens, as it happens; draws a table or prints lines."""

    def asked(self, number: int, config: TrialConfig) -> None:
        """A trial begins."""

    def prepared(self, number: int, prepared: Prepared) -> None:
        """A trial has loaded everything and stands before its first update."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """A trial has scored the development set."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """A trial has ended, with its best score or with the reason of its stop or failure."""


@dataclass(slots=True)
class _Live:
    prepared: Prepared | None = None
    best: Evaluation | None = None


@dataclass(slots=True)
class Conductor:
    """Runs one study on behalf of an executor, which only has to train.

    The executor calls ``next_trial`` while it has room, and then for each trial ``prepared``,
    ``evaluated`` as often as there are evaluations, and ``ended`` or ``failed`` once. A trial that
    it loses without either stays running in the ledger and is run again next time. What it says of
    a trial that is closed already is not recorded.

    Attributes:
        ledger: Where everything is written.
        proposer: Knows what to try next.
        rule: When to stop a trial; ``None`` never stops one.
        configure: Makes a trial's complete settings of the searched ones.
        baseline: The published default configuration.
        baseline_params: Its values of the space's parameters.
        trials: How many trials the study shall have in all.
        parallel: How many may run at once.
        listener: Is told what happens.
        deadline_s: When to begin no more trials and stop those that run, on ``clock``.
        clock: Gives seconds; a test passes its own.
    """

    ledger: Ledger
    proposer: Proposer
    rule: Rule | None
    configure: Callable[[Mapping[str, Scalar]], TrialConfig]
    baseline: TrialConfig
    baseline_params: Mapping[str, Scalar]
    trials: int
    parallel: int
    listener: Listener
    deadline_s: float | None = None
    clock: Callable[[], float] = time.monotonic
    ending: str | None = None
    _live: dict[int, _Live] = field(default_factory=dict)
    _waiting: deque[tuple[int, TrialConfig]] = field(default_factory=deque)
    _board: Board = field(default_factory=Board)
    _baselines: set[int] = field(default_factory=set)
    _begun: int = 0
    _failures: int = 0
    _scored: bool = False

    def restore(self) -> None:
        """Take up a study where the ledger leaves it: rungs, counts and trials left running."""
        for trial in self.ledger.trials():
            if "config" not in trial.user_attrs:
                continue
            self._begun += 1
            if trial.user_attrs.get("baseline", False):
                self._baselines.add(trial.number)
            if trial.state.name == TrialState.RUNNING:
                config = TrialConfig.model_validate(trial.user_attrs["config"])
                self._waiting.append((trial.number, config))
                continue
            evaluations = evaluations_of(trial)
            self._scored = self._scored or bool(evaluations)
            prepared = trial.user_attrs.get("prepared")
            if prepared is None:
                continue
            self._board.open(
                trial.number,
                total_steps=prepared["total_steps"],
                evaluation_steps=prepared["evaluation_steps"],
                baseline=trial.number in self._baselines,
            )
            for evaluation in evaluations:
                self._board.report(trial.number, evaluation.step, evaluation.score)
            self._board.close(trial.number, state_of(trial))

    def next_trial(self) -> tuple[int, TrialConfig] | None:
        """Begin a trial if one is due and there is room; ``None`` otherwise."""
        if len(self._live) >= self.parallel or self.finished_asking():
            return None
        if self._waiting:
            number, config = self._waiting.popleft()
            self.ledger.restart(number)
        elif not self._baselines:
            number = self.ledger.ask_baseline(self.proposer, self.baseline_params)
            config = self.baseline
            self.ledger.settle(number, config.model_dump(), config.key)
            self._baselines.add(number)
            self._begun += 1
        else:
            number, config = self._propose()
        self._live[number] = _Live()
        self.listener.asked(number, config)
        return number, config

    def _propose(self) -> tuple[int, TrialConfig]:
        number, params = self.ledger.ask(self.proposer)
        config = self.configure(params)
        self.ledger.settle(number, config.model_dump(), config.key)
        self._begun += 1
        return number, config

    def finished_asking(self) -> bool:
        """Tell whether no further trial will begin; ``ending`` then says why."""
        if self.ending is None:
            self.ending = self._why_end()
        return self.ending is not None

    def _why_end(self) -> str | None:
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return "the time budget is spent"
        if not self._scored and self._failures >= max(HOPELESS_FAILURES, self.parallel):
            return f"the first {self._failures} trials all failed"
        if self._waiting:
            return None
        if self._begun >= self.trials:
            return f"all {self.trials} trials have been asked"
        if self._baselines and self.ledger.exhausted(self.proposer):
            return "every configuration of the space has been tried"
        return None

    @property
    def done(self) -> bool:
        """Whether no trial runs and none will begin."""
        return not self._live and self.finished_asking()

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Take note that a trial stands before its first update."""
        live = self._live.get(number)
        if live is None:
            return
        live.prepared = prepared
        self._board.open(
            number,
            total_steps=prepared.total_steps,
            evaluation_steps=prepared.evaluation_steps,
            baseline=number in self._baselines,
        )
        self.ledger.prepared(number, prepared)
        self.listener.prepared(number, prepared)

    def evaluated(self, number: int, evaluation: Evaluation) -> Stop | None:
        """Record an evaluation and decide whether the trial stops here.

        Returns:
            The stop, which has been recorded, or ``None`` to go on. A trial that is closed already
            is told to stop, and nothing is recorded.

        Raises:
            UsageError: A loss or the score is not finite; nothing is recorded.
        """
        problem = evaluation.problem()
        if problem is not None:
            raise UsageError(f"Trial {number} reported an unusable evaluation: {problem}.")
        live = self._live.get(number)
        if live is None:
            return _plain_stop("the trial is closed already", evaluation.step, evaluation.score)
        self.ledger.evaluated(number, evaluation)
        self._scored = True
        if live.best is None or evaluation.score > live.best.score:
            live.best = evaluation
        self.listener.evaluated(number, evaluation)
        if number in self._board:
            self._board.report(number, evaluation.step, evaluation.score)
        stop = self._stop(number, evaluation, live)
        if stop is not None:
            self.ledger.pruned(number, stop)
            self._close(number, TrialState.PRUNED, stop.reason)
        return stop

    def _stop(self, number: int, evaluation: Evaluation, live: _Live) -> Stop | None:
        best = evaluation.score if live.best is None else live.best.score
        last = live.prepared is not None and evaluation.step == live.prepared.evaluation_steps[-1]
        if last:
            return None
        if self.deadline_s is not None and self.clock() >= self.deadline_s:
            return _plain_stop("the time budget was spent", evaluation.step, best)
        if self.rule is None or number in self._baselines or number not in self._board:
            return None
        return self.rule.decide(self._board, number)

    def ended(self, number: int) -> None:
        """Close a trial that has run its whole schedule."""
        live = self._live.get(number)
        if live is None:
            return
        if live.best is None:
            self.failed(number, "It ended without any evaluation.")
            return
        self.ledger.completed(number, live.best.score)
        self._close(number, TrialState.COMPLETE, None)

    def failed(self, number: int, reason: str) -> None:
        """Close a trial that can't go on; a trial closed already is left as it is."""
        if number not in self._live:
            return
        self.ledger.failed(number, reason)
        self._failures += 1
        self._close(number, TrialState.FAIL, reason)

    def _close(self, number: int, state: TrialState, reason: str | None) -> None:
        live = self._live.pop(number)
        if number in self._board:
            self._board.close(number, state)
        score = None if live.best is None else live.best.score
        self.listener.ended(number, state, score=score, reason=reason)


def _plain_stop(reason: str, step: int, score: float) -> Stop:
    """Make a stop that compares nothing."""
    return Stop(reason=reason, rung=None, step=step, score=score, cutoff=None, comparators=0)
