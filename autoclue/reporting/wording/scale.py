"""The one place that knows how the scores of a metric are written, drawn and judged."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records import StudyRecord

PERCENT = "%"
"""The unit of a score in [0, 1] that people read as a percentage."""
BINOMIAL = "binomial"
"""The interval of a score that is the share of right answers among independent examples."""


@dataclass(frozen=True, slots=True)
class MetricScale:
    """How the scores of one metric are written, drawn and judged.

    Attributes:
        name: Name of the metric ("accuracy").
        unit: "%" for a score in [0, 1] that is written as a percentage, with differences in
            percentage points; empty for a score that is written as it is.
        interval: "binomial" where the score is a share of independent examples; ``None`` where
            no sampling error is known.
    """

    name: str
    unit: str = PERCENT
    interval: str | None = None

    @property
    def factor(self) -> float:
        """What a score is multiplied with before it is drawn or written."""
        return 100.0 if self.unit == PERCENT else 1.0

    @property
    def points(self) -> str:
        """The unit of a difference with a space before it, or an empty string."""
        return " points" if self.unit == PERCENT else ""

    def text(self, score: float) -> str:
        """Write a score: "71.23%", or "0.7123" for a metric without a unit."""
        return f"{self._number(score)}{self.unit}"

    def difference(self, difference: float) -> str:
        """Write a difference of two scores with its sign and without its unit: "+1.20"."""
        return f"{self.factor * difference:+.{self._digits}f}"

    def gap(self, difference: float) -> str:
        """Write a difference of two scores with its sign and its unit: "+1.20 points"."""
        return f"{self.difference(difference)}{self.points}"

    def size(self, amount: float) -> str:
        """Write the size of a difference or an error without a sign: "1.20 points"."""
        return f"{self._number(abs(amount))}{self.points}"

    def span(self, low: float, high: float) -> str:
        """Write an interval of scores: "68.10 to 74.20%"."""
        return f"{self._number(low)} to {self.text(high)}"

    def drawn(self, score: float) -> float:
        """Place a score on the axis of a figure."""
        return self.factor * score

    @property
    def _digits(self) -> int:
        return 2 if self.unit == PERCENT else 4

    def _number(self, score: float) -> str:
        return f"{self.factor * score:.{self._digits}f}"


_KNOWN = {"accuracy": MetricScale("accuracy", PERCENT, BINOMIAL)}


def scale_of(study: StudyRecord) -> MetricScale:
    """Look up the scale of a study's metric; one that is not known is a percentage."""
    return _KNOWN.get(study.metric, MetricScale(study.metric))
