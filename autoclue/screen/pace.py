"""How fast a search goes: what is left of each trial, of the search and of its budgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autoclue.reporting import duration
from autoclue.training.logs import StepProgress, read_progress

READ_S = 1.0
"""A trial's progress is read again after so many seconds."""

LEAST_WORK = 0.2
"""Trials that must have been trained before the rest of a search is told from them."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What the trials of a search cost where they aren't alike, in any one unit.

    Attributes:
        of: What the trial of a number costs.
        total: What all of them cost, those that aren't asked yet included.
        before: What those cost that had ended before this run.
    """

    of: Callable[[int], float]
    total: float
    before: float = 0.0


def speed_in_words(progress: StepProgress) -> str:
    """Write how fast a training goes, and what it takes of its GPU."""
    speed = f"{progress.steps_per_s:.1f} steps/s"
    held = progress.gpu_memory_bytes
    return speed if held is None else f"{speed}, {held / 2**30:.1f} GiB of the GPU"


@dataclass(slots=True)
class _Course:
    """A trial of this run: the part of its schedule it began at, and where it is."""

    total: float | None = None
    began_at: int = 0
    step: int = 0
    ended: bool = False

    @property
    def share(self) -> float:
        return 0.0 if not self.total else min(1.0, self.step / self.total)

    @property
    def done(self) -> float:
        """Trials' worth of work that need not be done any more."""
        return 1.0 if self.ended else self.share

    @property
    def gained(self) -> float:
        """Trials' worth of work done by it in this run; a stopped one has cost what it has."""
        before = 0.0 if not self.total else min(1.0, self.began_at / self.total)
        return self.done - before


@dataclass(slots=True)
class SearchPace:
    """What is known of the speed of a search.

    Attributes:
        total: Trials that there shall be in all.
        folder_of: Where a trial leaves its progress; ``None`` where that isn't known.
        time_budget_s: Seconds that this run may take.
        step_budget: Steps that all trials may take together.
        costs: What its trials cost; ``None`` where they are alike.
        steps_before: Steps of each trial that earlier runs have recorded.
        clock: Gives seconds; tests give their own.
    """

    total: int
    folder_of: Callable[[int], Path] | None = None
    time_budget_s: float | None = None
    step_budget: int | None = None
    costs: Costs | None = None
    steps_before: dict[int, int] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _began_s: float = 0.0
    _courses: dict[int, _Course] = field(default_factory=dict)
    _read: dict[int, tuple[float, StepProgress | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin to count the time."""
        self._began_s = self.clock()

    def begin(self, number: int) -> None:
        """A trial begins or goes on."""
        step = self.steps_before.get(number, 0)
        self._courses[number] = _Course(began_at=step, step=step)

    def prepared(self, number: int, total_steps: float) -> None:
        """The length of a trial is known."""
        self._course(number).total = total_steps

    def at(self, number: int, step: int) -> None:
        """A trial has come to a step."""
        course = self._course(number)
        course.step = max(course.step, step)

    def end(self, number: int) -> None:
        """A trial has ended."""
        self._course(number).ended = True

    def _course(self, number: int) -> _Course:
        return self._courses.setdefault(number, _Course())

    def progress(self, number: int) -> StepProgress | None:
        """Return what a running trial says of itself between evaluations."""
        if self.folder_of is None:
            return None
        now_s = self.clock()
        read_s, found = self._read.get(number, (-READ_S, None))
        if now_s - read_s >= READ_S:
            found = read_progress(self.folder_of(number))
            self._read[number] = (now_s, found)
        if found is None or found.step < self._course(number).step:
            return None
        self.at(number, found.step)
        return found

    def left_s(self, n_ended: int) -> float | None:
        """Estimate how long the search will take; ``None`` where too little has been done.

        Args:
            n_ended: Trials that have ended, those of earlier runs included.
        """
        spent_s = self.clock() - self._began_s
        costs = self.costs or Costs(lambda _: 1.0, self.total, n_ended - self._n_ended)
        work = sum(costs.of(n) * course.gained for n, course in self._courses.items())
        done = sum(costs.of(n) * course.done for n, course in self._courses.items())
        estimates = []
        if work >= LEAST_WORK * costs.total / self.total:
            estimates.append(spent_s * max(0.0, costs.total - costs.before - done) / work)
        if self.time_budget_s is not None:
            estimates.append(max(0.0, self.time_budget_s - spent_s))
        used, before = self.steps_used(), sum(self.steps_before.values())
        if self.step_budget is not None and used > before:
            estimates.append(spent_s * max(0, self.step_budget - used) / (used - before))
        return min(estimates, default=None)

    @property
    def _n_ended(self) -> int:
        return sum(course.ended for course in self._courses.values())

    def steps_used(self) -> int:
        """Count the steps of all trials so far, those of earlier runs included."""
        now = {number: course.step for number, course in self._courses.items()}
        return sum({**self.steps_before, **now}.values())

    def words(self, n_ended: int) -> str | None:
        """Write what is left of the search and what its budgets have been used for."""
        left_s = None if n_ended >= self.total else self.left_s(n_ended)
        parts = [] if left_s is None or left_s <= 0 else [f"about {duration(left_s)} left"]
        if self.time_budget_s is not None:
            spent_s = self.clock() - self._began_s
            parts.append(f"{duration(spent_s)} of {duration(self.time_budget_s)} used")
        if self.step_budget is not None:
            parts.append(f"{self.steps_used():,} of {self.step_budget:,} steps used")
        return ", ".join(parts) or None
