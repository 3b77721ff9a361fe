"""The board: every curve of a study so far, and where each trial stood at a rung.

It is the only thing that a scheduler sees. It holds nothing that the ledger lacks, and what a
scheduler reads from it doesn't depend on the order in which trials reported, so that a board
rebuilt from the ledger after a crash gives the same decisions.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, cast

from autoclue.errors import AutoclueError
from autoclue.records import TrialState
from autoclue.search.stopping.curve import SLACK, Curve, Standing


def snap(
    rung: float, *, lateness: float, evaluation_steps: Sequence[int], total_steps: float
) -> int | None:
    """Find the evaluation on which a rung falls for one trial.

    That is the first evaluation at or after the rung's fraction of the schedule. A trial has no
    such rung, so that it is neither judged there nor a comparator for others, where that
    evaluation comes too late to compare (a short schedule has few of them), and where it is the
    trial's last one: nothing is left to save.

    Args:
        rung: Fraction of the schedule, in (0, 1).
        lateness: How many times the fraction the evaluation may come at the latest, at least 1.
        evaluation_steps: Steps after which the trial is evaluated, ascending.
        total_steps: Length of its schedule in steps.

    Returns:
        The step of that evaluation, or ``None``.
    """
    place = bisect_left(evaluation_steps, rung * total_steps - SLACK)
    if place >= len(evaluation_steps) - 1:
        return None
    step = evaluation_steps[place]
    return step if step <= rung * (lateness * total_steps + SLACK) else None


class Statistic(Protocol):
    """Something that a scheduler derives from all curves and wants kept up to date."""

    def changed(self, board: Board, curve: Curve) -> None:
        """Take in a curve that is new to it, or has changed since it was last told of it."""


S = TypeVar("S", bound=Statistic)


class Board:
    """All curves of a study, in the order of their numbers."""

    def __init__(self) -> None:
        """Begin with no trial."""
        self._curves: dict[int, Curve] = {}
        self._numbers: list[int] = []
        self._reached: dict[tuple[float, float], dict[int, Standing]] = {}
        self._falls: dict[tuple[float, float], dict[int, int | None]] = {}
        self._statistics: dict[Callable[[], Statistic], Statistic] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        return number in self._curves

    def __getitem__(self, number: int) -> Curve:
        return self._curves[number]

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of all trials, ascending."""
        return self._numbers

    @property
    def curves(self) -> list[Curve]:
        """Every curve, by number."""
        return [self._curves[number] for number in self._numbers]

    def open(
        self,
        number: int,
        *,
        total_steps: float,
        evaluation_steps: Sequence[int],
        baseline: bool = False,
    ) -> None:
        """Enter a trial that stands before its first step; one that is there already stays.

        Args:
            number: The trial's number.
            total_steps: Length of its schedule in steps, above 0.
            evaluation_steps: Steps after which it is evaluated, ascending.
            baseline: Whether it is the baseline.

        Raises:
            AutoclueError: The trial is there with another schedule.
        """
        steps = tuple(evaluation_steps)
        known = self._curves.get(number)
        if known is not None:
            if (known.total_steps, known.evaluation_steps) != (total_steps, steps):
                raise AutoclueError(
                    f"Trial {number} began with a schedule of {known.total_steps:g} steps and "
                    f"{len(known.evaluation_steps)} evaluations, and now has {total_steps:g} and "
                    f"{len(steps)}; its curve can't be continued."
                )
            return
        self._curves[number] = Curve(number, total_steps, steps, baseline)
        insort(self._numbers, number)
        self._changed(number)

    def reschedule(
        self, number: int, *, total_steps: float, evaluation_steps: Sequence[int]
    ) -> None:
        """Replace the schedule of an entered trial; its scores stay.

        Args:
            number: The trial's number.
            total_steps: Length of its schedule in steps, above 0.
            evaluation_steps: Steps after which it is evaluated, ascending.
        """
        old = self._curves.pop(number)
        self._numbers.remove(number)
        for reached in self._reached.values():
            reached.pop(number, None)
        for falls in self._falls.values():
            falls.pop(number, None)
        self.open(
            number,
            total_steps=total_steps,
            evaluation_steps=evaluation_steps,
            baseline=old.baseline,
        )
        for step, score in zip(old.steps, old.scores, strict=True):
            self.report(number, step, score)
        self.close(number, old.state)

    def report(self, number: int, step: int, score: float) -> None:
        """Take in an evaluation of an entered trial; a step that is already there is ignored."""
        curve = self._curves[number]
        if curve.add(step, score):
            for key in self._reached:
                self._place(curve, key)
            self._changed(number)

    def close(self, number: int, state: TrialState) -> None:
        """Note that an entered trial has ended; its scores go on being comparators."""
        self._curves[number].state = state
        self._changed(number)

    def falls_on(self, number: int, rung: float, lateness: float) -> int | None:
        """Return the step on which a rung falls for a trial, as ``snap`` does."""
        falls = self._falls.setdefault((rung, lateness), {})
        if number not in falls:
            curve = self._curves[number]
            falls[number] = snap(
                rung,
                lateness=lateness,
                evaluation_steps=curve.evaluation_steps,
                total_steps=curve.total_steps,
            )
        return falls[number]

    def reached(self, rung: float, lateness: float) -> Mapping[int, Standing]:
        """Return how every trial stood at a rung, for those that have it and have reached it.

        Args:
            rung: Fraction of the schedule.
            lateness: As in ``snap``.

        Returns:
            By number, in no particular order. It is kept up to date from the first call on.
        """
        key = (rung, lateness)
        if key not in self._reached:
            self._reached[key] = {}
            for curve in self._curves.values():
                self._place(curve, key)
        return self._reached[key]

    def statistic(self, kind: Callable[[], S]) -> S:
        """Return a scheduler's own statistic of all curves, made at the first call.

        Args:
            kind: Makes it, as long as it has seen no curve. The same one gives the same statistic,
                which has been told of every change since.
        """
        if kind not in self._statistics:
            made = self._statistics[kind] = kind()
            for curve in self.curves:
                made.changed(self, curve)
        return cast(S, self._statistics[kind])

    def _changed(self, number: int) -> None:
        for each in self._statistics.values():
            each.changed(self, self._curves[number])

    def _place(self, curve: Curve, key: tuple[float, float]) -> None:
        step = self.falls_on(curve.number, *key)
        standing = None if step is None else curve.standing(step)
        if standing is not None:
            self._reached[key][curve.number] = standing


def rung_of(board: Board, number: int, rungs: Sequence[float], lateness: float) -> float | None:
    """Return the rung on which a trial's latest evaluation falls, the highest of several."""
    step = board[number].last_step
    if step is None:
        return None
    return next(
        (rung for rung in reversed(rungs) if board.falls_on(number, rung, lateness) == step), None
    )
