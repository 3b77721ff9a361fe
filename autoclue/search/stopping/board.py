"""The board: every curve of a study so far, and where each trial stood at a rung.

It is the only thing that a stopping rule sees. It holds nothing that the ledger lacks, and what a
rule reads from it doesn't depend on the order in which trials reported, so that a board rebuilt
from the ledger after a crash gives the same decisions.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autoclue.errors import AutoclueError
from autoclue.records import TrialState
from autoclue.search.stopping.adaptive import ExactSum
from autoclue.search.stopping.curve import SLACK, Curve, Standing

FEWEST_RESIDUALS = 3
MEDIAN_TO_DEVIATION = 1.4826
"""The standard deviation of a normal distribution over the median of its absolute values."""


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
        evaluation_steps: Updates after which the trial is evaluated, ascending.
        total_steps: Length of its schedule in updates.

    Returns:
        The update of that evaluation, or ``None``.
    """
    place = bisect_left(evaluation_steps, rung * total_steps - SLACK)
    if place >= len(evaluation_steps) - 1:
        return None
    step = evaluation_steps[place]
    return step if step <= rung * (lateness * total_steps + SLACK) else None


class Board:
    """All curves of a study, in the order of their numbers."""

    def __init__(self) -> None:
        """Begin with no trial."""
        self._curves: dict[int, Curve] = {}
        self._numbers: list[int] = []
        self._reached: dict[tuple[float, float], dict[int, Standing]] = {}
        self._ranked: dict[tuple[float, float], list[float]] = {}
        self._spent: dict[float, ExactSum] = {}
        self._complete = ExactSum()
        self._complete_count = 0
        self._falls: dict[tuple[float, float], dict[int, int | None]] = {}
        self._residuals: list[float] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        return number in self._curves

    def __getitem__(self, number: int) -> Curve:
        return self._curves[number]

    @property
    def curves(self) -> list[Curve]:
        """Every curve, by number."""
        return [self._curves[number] for number in self._numbers]

    def latest(self) -> Iterator[Curve]:
        """Give every curve, the highest number first."""
        return (self._curves[number] for number in reversed(self._numbers))

    def open(
        self,
        number: int,
        *,
        total_steps: float,
        evaluation_steps: Sequence[int],
        baseline: bool = False,
    ) -> None:
        """Enter a trial that stands before its first update; one that is there already stays.

        Args:
            number: The trial's number.
            total_steps: Length of its schedule in updates, above 0.
            evaluation_steps: Updates after which it is evaluated, ascending.
            baseline: Whether it is the published default.

        Raises:
            AutoclueError: The trial is there with another schedule.
        """
        steps = tuple(evaluation_steps)
        known = self._curves.get(number)
        if known is not None:
            if (known.total_steps, known.evaluation_steps) != (total_steps, steps):
                raise AutoclueError(
                    f"Trial {number} began with a schedule of {known.total_steps:g} updates and "
                    f"{len(known.evaluation_steps)} evaluations, and now has {total_steps:g} and "
                    f"{len(steps)}; its curve can't be continued."
                )
            return
        self._curves[number] = Curve(number, total_steps, steps, baseline)
        insort(self._numbers, number)

    def reschedule(
        self, number: int, *, total_steps: float, evaluation_steps: Sequence[int]
    ) -> None:
        """Give an entered trial another schedule; what it has scored stays.

        Args:
            number: The trial's number.
            total_steps: Length of its schedule in updates, above 0.
            evaluation_steps: Updates after which it is evaluated, ascending.
        """
        self._count(self._curves[number], -1)
        old = self._curves.pop(number)
        self._replace(old.residuals(), ())
        self._numbers.remove(number)
        for key, reached in self._reached.items():
            self._drop(number, reached, self._ranked[key])
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
        self._count(curve, -1)
        latest = curve.last_step is None or step > curve.last_step
        before = [] if latest else curve.residuals()
        added = curve.add(step, score)
        self._count(curve, 1)
        if added:
            self._replace(before, curve.residuals(last=1) if latest else curve.residuals())
            for key in self._reached:
                self._place(curve, key)

    def close(self, number: int, state: TrialState) -> None:
        """Note that an entered trial has ended; its scores go on being comparators."""
        curve = self._curves[number]
        self._count(curve, -1)
        curve.state = state
        self._count(curve, 1)

    def falls_on(self, number: int, rung: float, lateness: float) -> int | None:
        """Give the update on which a rung falls for a trial, as ``snap`` does."""
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
        """Give how every trial stood at a rung, for those that have it and have reached it.

        Args:
            rung: Fraction of the schedule.
            lateness: As in ``snap``.

        Returns:
            By number, in no particular order. It is kept up to date from the first call on.
        """
        return self._seen(rung, lateness)[0]

    def ranked(self, rung: float, lateness: float) -> Sequence[float]:
        """Give the best scores of those who have reached a rung, ascending.

        Args:
            rung: Fraction of the schedule.
            lateness: As in ``snap``.

        Returns:
            What ``reached`` holds, sorted. It is kept up to date from the first call on.
        """
        return self._seen(rung, lateness)[1]

    def spent(self, fraction: float) -> float:
        """Give what bringing every trial as far as a fraction has cost, in whole schedules.

        Args:
            fraction: Of each trial's own schedule; what it has done beyond doesn't count.
        """
        if fraction not in self._spent:
            total = self._spent[fraction] = ExactSum()
            for curve in self._curves.values():
                total.add(min(curve.progress, fraction))
        return float(self._spent[fraction])

    def complete(self) -> tuple[int, float]:
        """Give how many trials are complete, and the sum of their progress."""
        return self._complete_count, float(self._complete)

    def noise(self) -> float:
        """Estimate how far a score lies off its curve by chance, as a standard deviation.

        From the median of all residuals, which steep beginnings and breakdowns move little.

        Returns:
            In units of the score; 0 as long as there are fewer than three residuals.
        """
        if self._residuals is None:
            self._residuals = sorted(r for c in self._curves.values() for r in c.residuals())
        count = len(self._residuals)
        if count < FEWEST_RESIDUALS:
            return 0.0
        low, high = self._residuals[(count - 1) // 2], self._residuals[count // 2]
        return MEDIAN_TO_DEVIATION * (low + high) / 2

    def _replace(self, old: Iterable[float], new: Iterable[float]) -> None:
        """Count other residuals; nothing to do before anyone has asked for the noise."""
        if self._residuals is None:
            return
        for each in old:
            del self._residuals[bisect_left(self._residuals, each)]
        for each in new:
            insort(self._residuals, each)

    def _count(self, curve: Curve, sign: int) -> None:
        """Count what a curve adds to the sums, or with -1 no longer count it."""
        progress = curve.progress
        for fraction, total in self._spent.items():
            _change(total, min(progress, fraction), sign)
        if curve.state is TrialState.COMPLETE:
            _change(self._complete, progress, sign)
            self._complete_count += sign

    def _seen(
        self, rung: float, lateness: float
    ) -> tuple[Mapping[int, Standing], Sequence[float]]:
        key = (rung, lateness)
        if key not in self._reached:
            self._reached[key], self._ranked[key] = {}, []
            for curve in self._curves.values():
                self._place(curve, key)
        return self._reached[key], self._ranked[key]

    def _place(self, curve: Curve, key: tuple[float, float]) -> None:
        step = self.falls_on(curve.number, *key)
        standing = None if step is None else curve.standing(step)
        reached, ranked = self._reached[key], self._ranked[key]
        if standing is None or reached.get(curve.number) == standing:
            return
        self._drop(curve.number, reached, ranked)
        reached[curve.number] = standing
        insort(ranked, standing.best)

    @staticmethod
    def _drop(number: int, reached: dict[int, Standing], ranked: list[float]) -> None:
        standing = reached.pop(number, None)
        if standing is not None:
            del ranked[bisect_left(ranked, standing.best)]


def _change(total: ExactSum, number: float, sign: int) -> None:
    total.add(number) if sign > 0 else total.take(number)


def rung_of(board: Board, number: int, rungs: Sequence[float], lateness: float) -> float | None:
    """Give the rung on which a trial's latest evaluation falls, the highest of several."""
    step = board[number].last_step
    if step is None:
        return None
    return next(
        (rung for rung in reversed(rungs) if board.falls_on(number, rung, lateness) == step), None
    )
