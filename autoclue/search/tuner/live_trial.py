"""What a tuner holds of a trial that runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoclue.records import Evaluation, StateRef, best_evaluation
from autoclue.training import TrialConfig


@dataclass(slots=True)
class LiveTrial:
    """A trial that runs or waits to go on.

    Attributes:
        config: Its settings.
        start_from: Where it starts once it goes on.
        evaluations: Those that are recorded, by step.
        last_step: The last evaluation of its schedule, once known.
        changed: Whether its settings are others than it was asked with.
    """

    config: TrialConfig
    start_from: StateRef
    evaluations: dict[int, Evaluation] = field(default_factory=dict)
    last_step: int | None = None
    changed: bool = False

    @property
    def best_score(self) -> float | None:
        """The highest score so far; ``None`` before any."""
        best = best_evaluation(self.evaluations.values())
        return None if best is None else best.score

    @property
    def after_step(self) -> int:
        """The last step whose evaluation is recorded; 0 for none."""
        return max(self.evaluations, default=0)
