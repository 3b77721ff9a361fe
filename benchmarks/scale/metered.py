"""A tuner that is timed while it steers, and hit by a wave of deaths in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autoclue.records import Evaluation, Stop
from autoclue.search.store import Prepared, StoredState
from autoclue.search.tuner import Job, Tuner
from benchmarks.scale.commits import Commits

SETTLES_S = 2.0
"""After the wave, seconds until the search may end."""
NEARLY_ALL = 0.95
"""Share of the trials that run at the same moment where the driver isn't to be overloaded."""


@dataclass(slots=True)
class Figures:
    """What was measured while reports were counted.

    Attributes:
        live: Trials that ran.
        reports: Evaluations that were counted.
        process_s: Processor time of the driver's process, all of its threads.
        loop_s: Of the thread in which Ray's loop turns, what follows included.
        told_s: Of that, what the tuner took to take note of what trials came to.
        events: How often they came to something: reports, beginnings, ends, deaths.
        going_on: Reports after which the trial goes on.
        going_on_s: Of ``told_s``, what those took.
        asks: Trials that were begun.
        asked_s: Of ``loop_s``, what that took.
        clock_s: By the clock.
        commits: Of the loop's thread, asks included.
        report_commits: Of those, made when an evaluation was told.
        most_commits: Of a single evaluation.
        ended: Trials that ended.
        died: Trials that were thrown back because their actor died.
    """

    live: int
    reports: int = 0
    process_s: float = 0.0
    loop_s: float = 0.0
    told_s: float = 0.0
    events: int = 0
    going_on: int = 0
    going_on_s: float = 0.0
    asks: int = 0
    asked_s: float = 0.0
    clock_s: float = 0.0
    commits: int = 0
    report_commits: int = 0
    most_commits: int = 0
    ended: int = 0
    died: int = 0

    @property
    def report_ms(self) -> float:
        """Processor time of the driver for a report after which its trial goes on.

        What isn't the tuner's, Ray's loop and all other threads, is shared by all events.

        Raises:
            RuntimeError: The search ended before any report was counted.
        """
        if self.going_on == 0:
            raise RuntimeError("the search ended before any report was counted")
        return 1000 * self.going_on_s / self.going_on + self.loop_ms

    @property
    def loop_ms(self) -> float:
        """Processor time of Ray's loop and of all other threads for an event."""
        return 1000 * (self.process_s - self.asked_s - self.told_s) / self.events

    @property
    def other_ms(self) -> float | None:
        """Processor time of the tuner for any other event: mostly an end, or a beginning."""
        others = self.events - self.going_on
        return 1000 * (self.told_s - self.going_on_s) / others if others else None

    @property
    def ask_ms(self) -> float | None:
        """Processor time of an ask; ``None`` where there was none."""
        return 1000 * self.asked_s / self.asks if self.asks else None


@dataclass(slots=True)
class Metered:
    """Passes everything on to a tuner, see ``Steering``, and measures once nearly all trials run.

    Those of a population that is counted to its end may wait for each other, so there it is enough
    that as many have begun.

    Attributes:
        tuner: Decides.
        commits: Counts.
        wanted: Reports to count; ``None`` counts to the end of the search.
        deaths: Actors that die at once afterwards.
        strike: Kills so many.
        patience_s: How long to wait for news of those; a trial that ends just then brings none.
        figures: What was measured.
        running: Share of the trials that must run at the same moment before anything is counted.
        struck: How many trials were thrown back in the wave.
    """

    tuner: Tuner
    commits: Commits
    wanted: int | None
    deaths: int
    strike: Callable[[int], int]
    patience_s: float
    figures: Figures
    running: float = NEARLY_ALL
    struck: int = 0
    _began: tuple[float, float, float, int] | None = None
    _over: bool = False
    _prepared: set[int] = field(default_factory=set)
    _running: set[int] = field(default_factory=set)
    _to_die: int | None = None
    _strike_s: float = 0.0
    _settled_s: float | None = None
    _seen: dict[int, list[int]] = field(default_factory=dict)

    @property
    def seen(self) -> dict[int, list[int]]:
        """The steps of all evaluations that the driver was told, by trial."""
        return self._seen

    @property
    def done(self) -> bool:
        """Whether the search is over."""
        return self.tuner.done

    def next_trial(self) -> Job | None:
        """Begin a trial, if one is due."""
        self._end_if_settled()
        began = time.thread_time()
        job = self.tuner.next_trial()
        if self._counts and job is not None:
            self.figures.asked_s += time.thread_time() - began
            self.figures.asks += 1
        elif self._counts and self.tuner.done:
            self._finish()
        return job

    def prepared(self, number: int, prepared: Prepared) -> bool:
        """Take note that a trial stands before its next step."""
        with self._told():
            goes_on = self.tuner.prepared(number, prepared)
        self._prepared.add(number)
        if goes_on:
            self._running.add(number)
        if self._began is None and self._all_run:
            now = time.process_time(), time.thread_time(), time.monotonic()
            self._began = (*now, self.commits.here)
        return goes_on

    def evaluated(
        self, number: int, evaluation: Evaluation, *, state: StoredState | None = None
    ) -> Stop | None:
        """Take note of an evaluation."""
        before, told_s = self.commits.here, self.figures.told_s
        with self._told():
            stop = self.tuner.evaluated(number, evaluation, state=state)
        if stop is not None:
            self._running.discard(number)
        self._seen.setdefault(number, []).append(evaluation.step)
        if self._counts:
            made = self.commits.here - before
            self.figures.reports += 1
            self.figures.report_commits += made
            self.figures.most_commits = max(self.figures.most_commits, made)
            self.figures.ended += stop is not None
            if stop is None:
                self.figures.going_on += 1
                self.figures.going_on_s += self.figures.told_s - told_s
            if self.figures.reports == self.wanted:
                self._finish()
        return stop

    def ended(self, number: int) -> None:
        """Close a trial."""
        with self._told():
            self.tuner.ended(number)
        self._running.discard(number)
        self.figures.ended += self._counts

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that can't go on."""
        self._running.discard(number)
        self.tuner.failed(number, reason, log=log)

    def died(
        self, number: int, reason: str, *, with_machine: bool = False, starved: bool = False
    ) -> None:
        """Let a trial go on later."""
        with self._told():
            self.tuner.died(number, reason, with_machine=with_machine, starved=starved)
        self._running.discard(number)
        self.figures.died += self._counts
        if self._to_die is not None:
            self.struck += 1

    def out_of_memory(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Let a trial go on with smaller micro-batches."""
        self.tuner.out_of_memory(number, reason, log=log)

    def goes_on_later(self, number: int, reason: str) -> None:
        """Let a trial go on later as it is."""
        self.tuner.goes_on_later(number, reason)

    def fits(self, trials: int) -> None:
        """Take note of how many fit; as many as there are virtual actors."""

    def noted(self, text: str) -> None:
        """Pass on a sentence."""
        self.tuner.noted(text)

    @property
    def _all_run(self) -> bool:
        enough = self.wanted is None or len(self._running) >= self.running * self.figures.live
        return enough and len(self._prepared) >= self.figures.live

    @property
    def _counts(self) -> bool:
        return self._began is not None and not self._over

    @contextmanager
    def _told(self) -> Iterator[None]:
        began = time.thread_time()
        yield
        if self._counts:
            self.figures.told_s += time.thread_time() - began
            self.figures.events += 1

    def _finish(self) -> None:
        if self._began is None:
            return
        now = (time.process_time(), time.thread_time(), time.monotonic(), self.commits.here)
        process_s, loop_s, clock_s, commits = (
            after - before for after, before in zip(now, self._began, strict=True)
        )
        found = self.figures
        found.process_s, found.loop_s, found.clock_s = process_s, loop_s, clock_s
        found.commits = int(commits)
        self._over = True
        self._strike_s = self.tuner.clock()
        self._to_die = self.strike(self.deaths) if self.deaths else 0

    def _end_if_settled(self) -> None:
        """Let the search end once all that were struck have been heard of, and some time after."""
        now = self.tuner.clock()
        if self._to_die is None:
            return
        if self.struck < self._to_die and now < self._strike_s + self.patience_s:
            return
        if self._settled_s is None:
            self._settled_s = now + SETTLES_S
        elif now >= self._settled_s and self.tuner.deadline_s is None:
            self.tuner.deadline_s = now
