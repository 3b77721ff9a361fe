"""What a metric is: named scores of predictions against references, one of them the primary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autoclue.errors import UsageError
from autoclue.intervals import mean_interval
from autoclue.tasks.predictions import Predictions

Compute = Callable[[Sequence[Any], Sequence[Any]], Mapping[str, float]]
"""From predicted values and references, one of each for every example, to the scores by name."""

Interval = Callable[[float, int], tuple[float, float]]
"""From a score and the examples it was measured on to the bounds of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Scores of predictions against references.

    Every score of every metric lies in [0, 1] and higher is better: it is shown in percent, and a
    search maximises the primary one.

    Attributes:
        name: What a task file calls it.
        scores: The names of the scores that ``compute`` returns, the primary one first. That is
            the score which chooses: evaluations, stops and winners.
        compute: Computes all scores.
        primary_interval: Computes the interval of the primary score; ``None`` where none fits.
        means: Scores that are means over the examples of a value in [0, 1], beside the primary
            one; their intervals come from the spread of these values.
    """

    name: str
    scores: tuple[str, ...]
    compute: Compute
    primary_interval: Interval | None = None
    means: tuple[str, ...] = ()

    @property
    def primary(self) -> str:
        """The name of the score that chooses."""
        return self.scores[0]

    def score(self, predictions: Predictions, references: Sequence[Any]) -> dict[str, float]:
        """Compute all scores, the primary one first.

        Args:
            predictions: What a model answers.
            references: What is right, in the form that the task's kind gives it, one for each
                example and in the same order.

        Raises:
            UsageError: There are no examples, or the two lengths differ.
        """
        if not references or len(predictions) != len(references):
            raise UsageError(
                f"{self.name} needs one prediction for each reference, at least one: got "
                f"{len(predictions)} predictions for {len(references)} references."
            )
        found = self.compute(predictions.values, references)
        return {name: float(found[name]) for name in self.scores}

    def interval(self, score: float, examples: int) -> tuple[float, float] | None:
        """Return the 95 % interval of a primary score.

        Args:
            score: The primary score.
            examples: How many examples it was measured on.

        Returns:
            Its bounds; ``None`` where no interval fits the metric, the score is not a number, or
            there are no examples.
        """
        if self.primary_interval is None or not math.isfinite(score) or examples < 1:
            return None
        return self.primary_interval(score, examples)

    def intervals(
        self, predictions: Predictions, references: Sequence[Any], scores: Mapping[str, float]
    ) -> dict[str, tuple[float, float]]:
        """Return the 95 % interval of every score that has one, the primary one first.

        Args:
            predictions: What a model answers.
            references: What is right, one for each example and in the same order.
            scores: The scores that they have.
        """
        found = {self.primary: self.interval(scores[self.primary], len(references))}
        if self.means:
            each = [
                self.compute([value], [reference])
                for value, reference in zip(predictions.values, references, strict=True)
            ]
            found |= {name: mean_interval([one[name] for one in each]) for name in self.means}
        return {name: bounds for name, bounds in found.items() if bounds is not None}
