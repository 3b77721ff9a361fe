"""A search on a simulated clock: recorded curves instead of training, the rules as they are."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from autoclue.records import Stop, TrialState
from autoclue.search.stopping import Board, Scheduler


@dataclass(frozen=True, slots=True)
class RecordedCurve:
    """What a trial did, as far as it is known.

    Attributes:
        number: The trial's number.
        total_steps: Length of its schedule in steps.
        evaluation_steps: Steps after which it would be evaluated if it ran to its end.
        steps: Steps of the evaluations that were recorded, ascending.
        scores: The score at each; higher is better.
        times_s: Seconds from the trial's beginning to each.
        baseline: Whether it is the baseline, which is never stopped.
        end: How it ends after the last recorded evaluation: COMPLETE, FAIL, or PRUNED where it
            was stopped and nobody knows how it would have gone on.
    """

    number: int
    total_steps: float
    evaluation_steps: tuple[int, ...]
    steps: tuple[int, ...]
    scores: tuple[float, ...]
    times_s: tuple[float, ...]
    baseline: bool = False
    end: TrialState = TrialState.COMPLETE

    @property
    def best(self) -> float:
        """The best recorded score."""
        return max(self.scores)


class CurveSource(Protocol):
    """Says which trial comes next, and hears what became of each."""

    def next_curve(self) -> RecordedCurve | None:
        """Begin a trial; ``None`` where there are no more. One without evaluations is skipped."""

    def evaluated(self, number: int, step: int, score: float) -> None:
        """A trial has been evaluated; whether it goes on is decided next."""

    def ended(self, number: int, state: TrialState, *, best: float, stop: Stop | None) -> None:
        """A trial has ended."""


class InOrder:
    """Gives recorded curves one after another, whatever becomes of them."""

    def __init__(self, curves: Iterable[RecordedCurve]) -> None:
        """Take the curves in the order in which they shall begin."""
        self._left = deque(curves)

    def next_curve(self) -> RecordedCurve | None:
        """Return the next curve."""
        return self._left.popleft() if self._left else None

    def evaluated(self, number: int, step: int, score: float) -> None:
        """Learn nothing."""

    def ended(self, number: int, state: TrialState, *, best: float, stop: Stop | None) -> None:
        """Learn nothing."""


@dataclass(frozen=True, slots=True)
class SimulatedTrial:
    """What became of one trial.

    Attributes:
        number: The trial's number.
        state: COMPLETE, FAIL, PRUNED where the rule stopped it or the record ends with a stop,
            RUNNING where the budget ended before it did.
        stop: The rule's stop, if it stopped the trial.
        steps_taken: Steps that it took.
        best: Its best score.
        ended_s: When it ended, on the simulated clock.
    """

    number: int
    state: TrialState
    stop: Stop | None
    steps_taken: int
    best: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Improvement:
    """A score above all before it.

    Attributes:
        time_s: The moment, on the simulated clock.
        steps_taken: Steps that all trials together had taken by then.
        best: The best score of any evaluation so far.
        number: The trial that has it.
    """

    time_s: float
    steps_taken: int
    best: float
    number: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated search.

    Attributes:
        trials: By number.
        progress: Each improvement, in order.
        steps_taken: Steps taken in all.
        time_s: When the last trial ended.
    """

    trials: tuple[SimulatedTrial, ...]
    progress: tuple[Improvement, ...]
    steps_taken: int
    time_s: float

    def best_after(self, steps: float) -> float | None:
        """Return the best score once so many steps had been taken; ``None`` before any."""
        return next((p.best for p in reversed(self.progress) if p.steps_taken <= steps), None)


@dataclass(slots=True)
class _Run:
    curve: RecordedCurve
    began_s: float
    at: int = 0


@dataclass(slots=True)
class _Clock:
    """The trials that run, by the time of their next evaluation."""

    queue: list[tuple[float, int]] = field(default_factory=list)
    runs: dict[int, _Run] = field(default_factory=dict)

    def start(self, curve: RecordedCurve, now_s: float) -> None:
        self.runs[curve.number] = _Run(curve, now_s)
        self._schedule(curve.number)

    def _schedule(self, number: int) -> None:
        run = self.runs[number]
        heapq.heappush(self.queue, (run.began_s + run.curve.times_s[run.at], number))

    def advance(self, number: int) -> None:
        self.runs[number].at += 1
        self._schedule(number)


def simulate(
    source: CurveSource, scheduler: Scheduler | None, *, workers: int, budget: float | None = None
) -> Simulation:
    """Run a search over recorded curves.

    A trial begins whenever a worker is free. Evaluations happen at their recorded times; of those
    at the same moment, the trial with the lower number comes first. The rule is asked as the
    tuner asks it: after every evaluation but a trial's last, and never about the baseline. A
    record that a stop cut short ends where the rule was asked last, so it is asked there again.

    Args:
        source: Which trials begin, in which order.
        scheduler: Stops trials; ``None`` stops none.
        workers: Trials at once, at least 1.
        budget: Steps after which everything ends; ``None`` for no limit.

    Returns:
        What became of each trial, and the best score over time.
    """
    board, clock = Board(), _Clock()
    trials: list[SimulatedTrial] = []
    progress: list[Improvement] = []
    steps_taken, now_s = 0, 0.0
    while True:
        while len(clock.runs) < workers and (curve := source.next_curve()) is not None:
            if curve.steps:
                board.open(
                    curve.number,
                    total_steps=curve.total_steps,
                    evaluation_steps=curve.evaluation_steps,
                    baseline=curve.baseline,
                )
                clock.start(curve, now_s)
        if not clock.queue or (budget is not None and steps_taken >= budget):
            break
        now_s, number = heapq.heappop(clock.queue)
        run = clock.runs[number]
        curve, at = run.curve, run.at
        step, score = curve.steps[at], curve.scores[at]
        steps_taken += step - (curve.steps[at - 1] if at else 0)
        board.report(number, step, score)
        if not progress or score > progress[-1].best:
            progress.append(Improvement(now_s, steps_taken, score, number))
        source.evaluated(number, step, score)
        last = at + 1 == len(curve.steps)
        over = last and curve.end is not TrialState.PRUNED  # a stop cut the record, not the trial
        asked = scheduler is not None and not over and not curve.baseline
        stop = scheduler.decide(board, number) if scheduler is not None and asked else None
        if not last and stop is None:
            clock.advance(number)
            continue
        state = curve.end if stop is None else TrialState.PRUNED
        best = max(curve.scores[: at + 1])
        board.close(number, state)
        trials.append(SimulatedTrial(number, state, stop, step, best, now_s))
        source.ended(number, state, best=best, stop=stop)
        del clock.runs[number]
    for number, run in clock.runs.items():
        if run.at:
            step, best = run.curve.steps[run.at - 1], max(run.curve.scores[: run.at])
            trials.append(SimulatedTrial(number, TrialState.RUNNING, None, step, best, now_s))
    return Simulation(
        trials=tuple(sorted(trials, key=lambda t: t.number)),
        progress=tuple(progress),
        steps_taken=steps_taken,
        time_s=now_s,
    )
