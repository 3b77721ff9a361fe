"""What `adaptive` learns from: sums over all curves, kept up to date as trials report.

A decision looks at all trials of a study. So that it stays cheap, nothing is computed anew for a
curve that hasn't changed, and no sum depends on the order in which curves came or changed.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autoclue.records import TrialState
from autoclue.search.stopping.adaptive.exact_sum import ExactSum
from autoclue.search.stopping.board import Board
from autoclue.search.stopping.curve import Curve

RUNGS = tuple(0.1 * 3 ** (k / 2) for k in range(-2, 4))
"""1/30, 1/17, 1/10, 17 %, 30 % and 52 % of the schedule, each root three times the last."""

LATENESS = math.sqrt(3)
FEWEST_RESIDUALS = 3
MEDIAN_TO_DEVIATION = 1.4826
"""The standard deviation of a normal distribution over the median of its absolute values."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one curve has added to the sums."""

    progress: float
    complete: bool
    bests: tuple[float | None, ...]
    steps: int
    last_step: int | None
    residuals: list[float]


@dataclass(slots=True)
class Evidence:
    """Sums over all curves of a board; ``board.statistic(Evidence)`` keeps them up to date."""

    _counted: dict[int, _Counted] = field(default_factory=dict)
    _ranked: tuple[list[float], ...] = field(default_factory=lambda: tuple([] for _ in RUNGS))
    _spent: tuple[ExactSum, ...] = field(default_factory=lambda: tuple(ExactSum() for _ in RUNGS))
    _complete: ExactSum = field(default_factory=ExactSum)
    _complete_count: int = 0
    _residuals: list[float] = field(default_factory=list)
    _far: list[int] = field(default_factory=list)
    _far_from: float = math.inf

    def ranked(self, rung: float) -> Sequence[float]:
        """Return the best scores of those who have reached one of ``RUNGS``, ascending."""
        return self._ranked[RUNGS.index(rung)]

    def spent(self, rung: float) -> float:
        """Return what bringing every trial as far as one of ``RUNGS`` has cost, in schedules.

        What a trial has done beyond the rung doesn't count.
        """
        return float(self._spent[RUNGS.index(rung)])

    def complete(self) -> tuple[int, float]:
        """Return how many trials are complete, and the sum of their progress."""
        return self._complete_count, float(self._complete)

    def far(self, progress: float) -> Sequence[int]:
        """Return who is complete or has done so much of its schedule; numbers, ascending.

        They are searched for only when another progress is asked for than the time before.
        """
        if progress != self._far_from:
            self._far_from = progress
            counted = self._counted.items()
            self._far = sorted(number for number, each in counted if self._is_far(each))
        return self._far

    def _is_far(self, counted: _Counted) -> bool:
        return counted.complete or counted.progress >= self._far_from

    def noise(self) -> float:
        """Estimate how far a score lies off its curve by chance, as a standard deviation.

        From the median of all residuals, which steep beginnings and breakdowns move little.

        Returns:
            In units of the score; 0 as long as there are fewer than three residuals.
        """
        count = len(self._residuals)
        if count < FEWEST_RESIDUALS:
            return 0.0
        low, high = self._residuals[(count - 1) // 2], self._residuals[count // 2]
        return MEDIAN_TO_DEVIATION * (low + high) / 2

    def changed(self, board: Board, curve: Curve) -> None:
        """Count a curve as it is now instead of as it was."""
        old = self._counted.get(curve.number)
        new = _count(board, curve, old)
        self._count_progress(old, new)
        for place, ranked in enumerate(self._ranked):
            _replace(ranked, _at(old, place), _at(new, place))
        kept = 0 if old is None or not _goes_on(curve, old) else len(old.residuals)
        for residual in [] if old is None else old.residuals[kept:]:
            _replace(self._residuals, residual, None)
        for residual in new.residuals[kept:]:
            _replace(self._residuals, None, residual)
        self._counted[curve.number] = new
        self._place_far(curve.number, old is not None and self._is_far(old), self._is_far(new))

    def _place_far(self, number: int, before: bool, after: bool) -> None:
        if before and not after:
            del self._far[bisect_left(self._far, number)]
        elif after and not before:
            insort(self._far, number)

    def _count_progress(self, old: _Counted | None, new: _Counted) -> None:
        if old is not None:
            for rung, total in zip(RUNGS, self._spent, strict=True):
                total.take(min(old.progress, rung))
            if old.complete:
                self._complete.take(old.progress)
                self._complete_count -= 1
        for rung, total in zip(RUNGS, self._spent, strict=True):
            total.add(min(new.progress, rung))
        if new.complete:
            self._complete.add(new.progress)
            self._complete_count += 1


def wobble_of(curves: Iterable[Mapping[int, float]]) -> float:
    """Estimate how far scores lie off their curves by chance, as ``Evidence.noise`` does.

    Args:
        curves: The score at each step, for every curve.
    """
    board, evidence = Board(), Evidence()
    for number, scores in enumerate(curves):
        steps = sorted(scores)
        if steps:
            board.open(number, total_steps=steps[-1], evaluation_steps=steps)
            for step in steps:
                board.report(number, step, scores[step])
            evidence.changed(board, board[number])
    return evidence.noise()


def residuals(curve: Curve, *, last: int | None = None) -> list[float]:
    """Return how far scores lie from the straight line between their two neighbours.

    Scaled so that scores which are independent about a line have the same variance as these
    (Gasser, Sroka and Jennen-Steinmetz 1986, "Residual variance and residual pattern in
    nonlinear regression", section 2).

    Args:
        curve: The scores and the steps at which they stand.
        last: Only so many, those of the latest scores; default: all.

    Returns:
        Absolute values, one for each score but the first and the last.
    """
    middles = range(1, len(curve.steps) - 1)
    return [_residual(curve, at) for at in (middles if last is None else middles[-last:])]


def _residual(curve: Curve, at: int) -> float:
    before, here, after = curve.steps[at - 1 : at + 2]
    low, middle, high = curve.scores[at - 1 : at + 2]
    part = (after - here) / (after - before)
    off = part * low + (1 - part) * high - middle
    return abs(off) / math.sqrt(part**2 + (1 - part) ** 2 + 1)


def _count(board: Board, curve: Curve, old: _Counted | None) -> _Counted:
    if old is not None and _goes_on(curve, old):
        found = old.residuals
        if len(curve.steps) > old.steps:
            found = [*found, *residuals(curve, last=1)]
    else:
        found = residuals(curve)
    return _Counted(
        progress=curve.progress,
        complete=curve.state is TrialState.COMPLETE,
        bests=tuple(_best_at(board, curve, rung) for rung in RUNGS),
        steps=len(curve.steps),
        last_step=curve.last_step,
        residuals=found,
    )


def _goes_on(curve: Curve, old: _Counted) -> bool:
    """Return whether a curve is as it was, or has one more evaluation at its end."""
    if old.steps == 0 or not 0 <= len(curve.steps) - old.steps <= 1:
        return False
    return curve.steps[old.steps - 1] == old.last_step


def _best_at(board: Board, curve: Curve, rung: float) -> float | None:
    step = board.falls_on(curve.number, rung, LATENESS)
    standing = None if step is None else curve.standing(step)
    return None if standing is None else standing.best


def _at(counted: _Counted | None, place: int) -> float | None:
    return None if counted is None else counted.bests[place]


def _replace(ordered: list[float], old: float | None, new: float | None) -> None:
    """Put one number of an ascending list in place of another; ``None`` is no number."""
    if old == new:
        return
    if old is not None:
        del ordered[bisect_left(ordered, old)]
    if new is not None:
        insort(ordered, new)
