"""Several studies as one for whatever runs their trials: one order, one number for each trial."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autoclue.records import Evaluation, Stop, TrialState
from autoclue.search.execution import job_for_worker
from autoclue.search.store import Prepared, StoredState
from autoclue.search.tuner import Job, Listener, Tuner
from autoclue.training import TrialConfig


@dataclass(slots=True)
class Numbering:
    """Gives the runs of several studies numbers of their own, in the order of their first use.

    A run that failed and is tried once more keeps its number, though it is another trial.

    Attributes:
        places: By number, the study and the trial there that is the run's last one.
    """

    places: list[tuple[int, int]] = field(default_factory=list)
    _by_trial: dict[tuple[int, int], int] = field(default_factory=dict)
    _by_key: dict[tuple[int, str], int] = field(default_factory=dict)

    def number(self, study: int, trial: int, key: str | None = None) -> int:
        """Return the number of the run that a trial is of.

        Args:
            study: The place of its study.
            trial: Its number there.
            key: The identity of its settings; ``None`` for a trial that has been numbered.
        """
        place = (study, trial)
        if place not in self._by_trial:
            number = self._by_key.setdefault((study, str(key)), len(self.places))
            self.places[number:] = [place, *self.places[number + 1 :]]
            self._by_trial[place] = number
        return self._by_trial[place]

    def settings_of(self, number: int) -> tuple[int, str]:
        """Return the study of a run, and the identity of its settings."""
        return next(found for found, known in self._by_key.items() if known == number)


@dataclass(frozen=True, slots=True)
class Renumbered:
    """Tells a listener of all studies what happens in one of them.

    Attributes:
        listener: Is told.
        study: The place of the study.
        numbering: Gives the numbers.
    """

    listener: Listener
    study: int
    numbering: Numbering

    def _number(self, number: int) -> int:
        return self.numbering.number(self.study, number)

    def started(self, number: int, config: TrialConfig) -> None:
        """Pass on that a trial begins."""
        known = self.numbering.number(self.study, number, config.key)
        self.listener.started(known, config)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Pass on that a trial has loaded everything."""
        self.listener.prepared(self._number(number), prepared)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Pass on an evaluation."""
        self.listener.evaluated(self._number(number), evaluation)

    def requeued(self, number: int, reason: str) -> None:
        """Pass on that a trial will go on later."""
        self.listener.requeued(self._number(number), reason)

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Pass on that a trial has ended."""
        self.listener.ended(self._number(number), state, score=score, reason=reason)

    def scoring(self, number: int, split: str) -> None:
        """Pass on that a kept model answers a split."""
        self.listener.scoring(self._number(number), split)

    def noted(self, text: str) -> None:
        """Pass on what concerns the whole."""
        self.listener.noted(text)


@dataclass(slots=True)
class SuiteTuner:
    """Steers the trials of several studies in one order; it decides nothing else by itself.

    Trials that an interruption left running go on first, then the runs in their order, and then
    what has failed once more.

    Attributes:
        tuners: One for each study.
        folders: The folder of each study.
        order: For each run, the place of its study; a study's own source has its runs in the
            same order.
        parallel: How many trials may run at once.
        numbering: Numbers the trials; listeners are told the same numbers.
        writers: What writes the jobs of each study; none are written as for one machine.
    """

    tuners: Sequence[Tuner]
    folders: Sequence[Path]
    order: Sequence[int]
    parallel: int
    numbering: Numbering
    writers: Sequence[Callable[[Job, Path, str], dict[str, Any]]] = ()
    _ahead: deque[int] = field(default_factory=deque)
    _live: set[int] = field(default_factory=set)

    def restore(self) -> None:
        """Take up every study where its ledger leaves it."""
        for tuner in self.tuners:
            tuner.restore()
        asked = [len(tuner.ledger.committed()) for tuner in self.tuners]
        for study in self.order:
            if asked[study] > 0:
                asked[study] -= 1
            else:
                self._ahead.append(study)

    @property
    def done(self) -> bool:
        """Whether no trial runs in any study and none will begin."""
        return all(tuner.done for tuner in self.tuners)

    def next_trial(self) -> Job | None:
        """Begin the next trial if one is due and there is room."""
        if len(self._live) >= self.parallel:
            return None
        for study, tuner in enumerate(self.tuners):
            if tuner.n_waiting and (job := self._ask(study)) is not None:
                return job
        while self._ahead:
            job = self._ask(self._ahead.popleft())
            if job is not None:
                return job
        found = (self._ask(study) for study in range(len(self.tuners)))
        return next((job for job in found if job is not None), None)

    def _ask(self, study: int) -> Job | None:
        job = self.tuners[study].next_trial()
        if job is None:
            return None
        number = self.numbering.number(study, job.number, job.config.key)
        self._live.add(number)
        return replace(job, number=number)

    def write_job(self, job: Job, folder: Path, device: str) -> dict[str, Any]:
        """Write a job for a worker; its files lie in the folder of its own study."""
        study, number = self.numbering.places[job.number]
        own = replace(job, number=number)
        write = self.writers[study] if self.writers else job_for_worker
        return {**write(own, self.folders[study], device), "number": job.number}

    def _place(self, number: int) -> tuple[Tuner, int]:
        study, own = self.numbering.places[number]
        return self.tuners[study], own

    def prepared(self, number: int, prepared: Prepared) -> bool:
        """Take note that a trial stands before its next step; return whether it goes on."""
        tuner, own = self._place(number)
        goes_on = tuner.prepared(own, prepared)
        if not goes_on:
            self._live.discard(number)
        return goes_on

    def evaluated(
        self, number: int, evaluation: Evaluation, *, state: StoredState | None = None
    ) -> Stop | None:
        """Take note of an evaluation; return the stop that it brings, if it does."""
        tuner, own = self._place(number)
        stop = tuner.evaluated(own, evaluation, state=state)
        if stop is not None:
            self._live.discard(number)
        return stop

    def ended(self, number: int) -> None:
        """Close a trial that has run its whole schedule."""
        tuner, own = self._place(number)
        self._live.discard(number)
        tuner.ended(own)

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that can't go on."""
        tuner, own = self._place(number)
        self._live.discard(number)
        tuner.failed(own, reason, log=log)

    def died(
        self, number: int, reason: str, *, with_machine: bool = False, starved: bool = False
    ) -> None:
        """Let a trial go on later whose process died, for whatever of three reasons."""
        tuner, own = self._place(number)
        self._live.discard(number)
        tuner.died(own, reason, with_machine=with_machine, starved=starved)

    def goes_on_later(self, number: int, reason: str) -> None:
        """Let a trial go on later as it is, with more of its device."""
        tuner, own = self._place(number)
        self._live.discard(number)
        tuner.goes_on_later(own, reason)

    def fits(self, trials: int) -> None:
        """Take note of how many trials fit at once on what runs them."""
        self.parallel = max(1, trials)
        for tuner in self.tuners:
            tuner.fits(trials)

    def noted(self, text: str) -> None:
        """Pass on a sentence about the suite as a whole; the studies have one listener."""
        self.tuners[0].noted(text)

    def out_of_memory(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Let a trial go on with smaller micro-batches."""
        tuner, own = self._place(number)
        self._live.discard(number)
        tuner.out_of_memory(own, reason, log=log)
