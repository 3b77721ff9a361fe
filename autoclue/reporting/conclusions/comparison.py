"""Which comparison of winner and baseline the verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.reporting.sections import SummaryInfo


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison that the verdict rests on.

    Attributes:
        winner: The winner's score.
        baseline: The baseline's score on the same examples.
        standard_error: Standard error of their difference, if known.
        distinguishable: Whether the difference is at least two standard errors, if known.
        examples: Examples that both scores are measured on, if known.
        held_out: Whether those examples chose nothing.
    """

    winner: float
    baseline: float
    standard_error: float | None
    distinguishable: bool | None
    examples: int | None
    held_out: bool

    @property
    def difference(self) -> float:
        """Winner minus baseline."""
        return self.winner - self.baseline


def comparison(info: SummaryInfo) -> Comparison | None:
    """Choose the comparison to trust: on the held-out examples, where there are any."""
    held = info.holdout
    if held is not None and held.winner is not None and held.baseline is not None:
        return Comparison(
            held.winner.holdout,
            held.baseline.holdout,
            held.difference_error,
            held.distinguishable,
            held.holdout_examples,
            held_out=True,
        )
    if info.winner is None or info.baseline is None or info.difference is None:
        return None
    return Comparison(
        info.winner.score,
        info.baseline.score,
        info.difference_standard_error,
        info.distinguishable,
        info.dev_examples,
        held_out=False,
    )
