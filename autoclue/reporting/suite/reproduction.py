"""Does a training give the published score, as far as a development set and some seeds can tell?

A published score is one training, measured on the development set; ours are some trainings with
other seeds, measured on the same. Two errors part them although nothing is wrong:

- the sampling error of a difference of two shares of the development examples, as if they were
  independent: ``1.96 * sqrt(2 p (1 - p) / n)``;
- the spread of the seeds: that of one training around our mean, by Student's t.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from enum import Enum

from autoclue.intervals import Z_95
from autoclue.reporting.statistics import t_quantile


class ReproductionVerdict(str, Enum):
    """What a comparison with a published score says."""

    REPRODUCED = "reproduced"
    NOT_TOLD_APART = "not told apart"
    NOT_REPRODUCED = "not reproduced"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Trainings with published settings, compared with the published score.

    Attributes:
        published: The published score, in [0, 1].
        scores: Those of our trainings, a seed each.
        examples: Development examples.
    """

    published: float
    scores: tuple[float, ...]
    examples: int

    @property
    def difference(self) -> float:
        """Our mean less the published score."""
        return statistics.fmean(self.scores) - self.published

    @property
    def sampling(self) -> float:
        """How far apart two scores can be by the development set alone, 95 %."""
        return Z_95 * math.sqrt(2 * self.published * (1 - self.published) / self.examples)

    @property
    def mean_error(self) -> float | None:
        """Half the 95 % interval of our mean over seeds; ``None`` for one seed."""
        spread = self._spread
        return None if spread is None else spread / math.sqrt(len(self.scores))

    @property
    def tolerance(self) -> float:
        """How far our mean may be from the published score, which is one training."""
        spread = self._spread or 0.0
        return math.hypot(self.sampling, spread * math.sqrt(1 + 1 / len(self.scores)))

    @property
    def _spread(self) -> float | None:
        if len(self.scores) < 2:
            return None
        return t_quantile(len(self.scores) - 1) * statistics.stdev(self.scores)

    @property
    def verdict(self) -> ReproductionVerdict:
        """Whether the score is reproduced.

        It is where the difference, with the error of our mean, stays within the sampling error. It
        isn't where the difference is beyond the tolerance. Between the two, and with one seed,
        nobody can tell.
        """
        if abs(self.difference) > self.tolerance:
            return ReproductionVerdict.NOT_REPRODUCED
        error = self.mean_error
        if error is None or abs(self.difference) + error > self.sampling:
            return ReproductionVerdict.NOT_TOLD_APART
        return ReproductionVerdict.REPRODUCED

    def sentence(self) -> str:
        """Say what was found, with the tolerance and where it comes from."""
        seeds = f"{len(self.scores)} seed{'s' if len(self.scores) > 1 else ''}"
        spread = "" if self._spread is None else " and the spread of the seeds"
        return (
            f"{self.verdict.value}: {100 * statistics.fmean(self.scores):.2f} over {seeds}, "
            f"published {100 * self.published:.2f}, difference {100 * self.difference:+.2f}; "
            f"tolerance {100 * self.tolerance:.2f} by the sampling error of {self.examples:,} "
            f"examples{spread}."
        )
