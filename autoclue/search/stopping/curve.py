"""The curve of one trial: its scores so far, and how it stood at each of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from autoclue.records import TrialState

SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Standing:
    """How one trial stood at a rung.

    Attributes:
        step: The step of the evaluation on which the rung fell.
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
        total_steps: Length of its schedule in steps.
        evaluation_steps: Steps after which it is evaluated, ascending.
        baseline: Whether it is the baseline, which is never stopped.
        steps: Steps of the evaluations so far, ascending.
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
        """The step of the latest evaluation so far."""
        return self.steps[-1] if self.steps else None

    @property
    def progress(self) -> float:
        """The fraction of its own schedule at the latest evaluation so far; 0 before any."""
        return self.steps[-1] / self.total_steps if self.steps else 0.0

    @property
    def best(self) -> float | None:
        """The best score so far."""
        return self._bests[-1] if self._bests else None

    def standing(self, step: int) -> Standing | None:
        """Return how the trial stood after the evaluation at a step; ``None`` if it had none."""
        place = bisect_left(self.steps, step)
        if place == len(self.steps) or self.steps[place] != step:
            return None
        return Standing(step, self._bests[place], self._sums[place] / (place + 1))

    def add(self, step: int, score: float) -> bool:
        """Take in an evaluation; return whether it was new."""
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
