"""The curve of one trial: its scores so far, and how it stood at each of them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from autoclue.records import TrialState

SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Standing:
    """How one trial stood at a rung.

    Attributes:
        step: The update of the evaluation on which the rung fell.
        best: Its best score up to there.
        mean: The mean of its scores up to there.
    """

    step: int
    best: float
    mean: float


@dataclass(slots=True)
class Curve:
    """What has been seen of one trial.

    Attributes:
        number: The trial's number.
        total_steps: Length of its schedule in updates.
        evaluation_steps: Updates after which it is evaluated, ascending.
        baseline: Whether it is the published default, which is never stopped.
        steps: Updates of the evaluations so far, ascending.
        scores: The score at each; higher is better, never NaN.
        state: Where the trial stands.
    """

    number: int
    total_steps: float
    evaluation_steps: tuple[int, ...]
    baseline: bool = False
    steps: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    state: TrialState = TrialState.RUNNING
    _bests: list[float] = field(default_factory=list)
    _sums: list[float] = field(default_factory=list)

    @property
    def last_step(self) -> int | None:
        """The update of the latest evaluation so far."""
        return self.steps[-1] if self.steps else None

    @property
    def progress(self) -> float:
        """The fraction of its own schedule at the latest evaluation so far; 0 before any."""
        return self.steps[-1] / self.total_steps if self.steps else 0.0

    @property
    def best(self) -> float | None:
        """The best score so far."""
        return self._bests[-1] if self._bests else None

    def best_at(self, fraction: float) -> float | None:
        """Give the best score so far at a fraction of the trial's own schedule.

        Args:
            fraction: In (0, 1]; evaluations at or before it count.

        Returns:
            ``None`` where it has no evaluation that early.
        """
        count = bisect_right(self.steps, fraction * self.total_steps + SLACK)
        return self._bests[count - 1] if count else None

    def standing(self, step: int) -> Standing | None:
        """Give how the trial stood after the evaluation at an update; ``None`` if it had none."""
        place = bisect_left(self.steps, step)
        if place == len(self.steps) or self.steps[place] != step:
            return None
        return Standing(step, self._bests[place], self._sums[place] / (place + 1))

    def residuals(self, *, last: int | None = None) -> list[float]:
        """Give how far scores lie from the straight line between their two neighbours.

        Scaled so that scores which are independent about a line have the same variance as these
        (Gasser, Sroka and Jennen-Steinmetz 1986, "Residual variance and residual pattern in
        nonlinear regression", section 2).

        Args:
            last: Only so many, those of the latest scores; default: all.

        Returns:
            Absolute values, one for each score but the first and the last.
        """
        middles = range(1, len(self.steps) - 1)
        return [self._residual(at) for at in (middles if last is None else middles[-last:])]

    def _residual(self, at: int) -> float:
        before, here, after = self.steps[at - 1 : at + 2]
        low, middle, high = self.scores[at - 1 : at + 2]
        part = (after - here) / (after - before)
        off = part * low + (1 - part) * high - middle
        return abs(off) / math.sqrt(part**2 + (1 - part) ** 2 + 1)

    def add(self, step: int, score: float) -> bool:
        """Take in an evaluation; tells whether it was new."""
        place = bisect_left(self.steps, step)
        if place < len(self.steps) and self.steps[place] == step:
            return False
        self.steps.insert(place, step)
        self.scores.insert(place, score)
        del self._bests[place:], self._sums[place:]
        for each in self.scores[place:]:
            self._bests.append(max(each, self._bests[-1]) if self._bests else each)
            self._sums.append(each + (self._sums[-1] if self._sums else 0.0))
        return True
