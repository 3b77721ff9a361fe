"""The price of selection: scores on the examples that chose, and on those that chose nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import TwoScores, two_parts_figure
from autoclue.reporting.statistics import (
    best,
    clear,
    dev_examples,
    standard_error,
    wilson_interval,
)
from autoclue.reporting.wording import percent, points

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class PartScores:
    """One trial's best evaluation on both parts of the development set.

    Errors and intervals are binomial, and ``None`` for a score that is no accuracy or where the
    number of examples is not known.

    Attributes:
        number: The trial's number.
        selection: Its score on the examples that select; they chose this evaluation.
        holdout: The same network's score on the held-out examples.
        holdout_error: Standard error of ``holdout``.
        holdout_interval: The 95 % interval of ``holdout`` (Wilson's).
        price: ``selection`` minus ``holdout``.
        price_error: Standard error of ``price``: the two parts share no example, so the squares
            of their errors add.
    """

    number: int
    selection: float
    holdout: float
    holdout_error: float | None
    holdout_interval: tuple[float, float] | None
    price: float
    price_error: float | None


@dataclass(frozen=True, slots=True)
class HoldoutInfo:
    """Winner and baseline on both parts of the development set.

    Attributes:
        metric: Name of the score.
        share: Share of the development set that is held out.
        selection_examples: Examples that select, if the study says it.
        holdout_examples: Held-out examples, if the study says it.
        winner: The winner of the search, chosen by the examples that select.
        baseline: The published default settings; ``None`` when they have not run to their end,
            or are the winner.
        difference: Winner minus baseline on the held-out examples.
        difference_error: Its standard error, as if the two were independent: both are measured
            on the same examples, so the true one is usually smaller.
        distinguishable: Whether the difference, of either sign, is at least two standard errors;
            ``None`` when that can't be computed.
        missing: Why there is no figure, or ``None``.
        note: How to read the price, or ``None``.
    """

    metric: str
    share: float
    selection_examples: int | None
    holdout_examples: int | None
    winner: PartScores | None
    baseline: PartScores | None
    difference: float | None
    difference_error: float | None
    distinguishable: bool | None
    missing: str | None
    note: str | None


def holdout_info(study: StudyRecord) -> HoldoutInfo:
    """Compare winner and baseline on the examples that chose nothing."""
    counts = dev_examples(study)
    share = study.settings.get("holdout")
    winner = _scores(study.winner, study.metric, *counts)
    held = study.baseline if study.baseline is not study.winner else None
    complete = held is not None and held.state is TrialState.COMPLETE
    baseline = _scores(held, study.metric, *counts) if complete else None
    difference, error = _difference(winner, baseline)
    return HoldoutInfo(
        metric=study.metric,
        share=float(share) if isinstance(share, (int, float)) else 0.0,
        selection_examples=counts[0],
        holdout_examples=counts[1],
        winner=winner,
        baseline=baseline,
        difference=difference,
        difference_error=error,
        distinguishable=None if difference is None or error is None else clear(difference, error),
        missing=_missing(study, winner),
        note=None if winner is None else NOTE,
    )


NOTE = (
    "The price of selection is the score where it was selected minus the score where it was not. "
    "The two parts may also differ in difficulty, which moves all trials alike: what the search "
    "cost beyond that is the winner's price minus the baseline's."
)


def _missing(study: StudyRecord, winner: PartScores | None) -> str | None:
    if winner is not None:
        return None
    if not study.settings.get("holdout"):
        return (
            "No part of the development set was held out; with --holdout 0.5 one half selects "
            "and the other is reported."
        )
    return "No trial is complete yet."


def _scores(
    trial: TrialRecord | None, metric: str, selecting: int | None, held_out: int | None
) -> PartScores | None:
    found = None if trial is None else best(trial)
    if trial is None or found is None or found.holdout_score is None:
        return None
    score = found.holdout_score
    price = found.score - score
    if metric != "accuracy" or selecting is None or held_out is None:
        return PartScores(trial.number, found.score, score, None, None, price, None)
    error = standard_error(score, held_out)
    return PartScores(
        number=trial.number,
        selection=found.score,
        holdout=score,
        holdout_error=error,
        holdout_interval=wilson_interval(score, held_out),
        price=price,
        price_error=math.hypot(standard_error(found.score, selecting), error),
    )


def _difference(
    winner: PartScores | None, baseline: PartScores | None
) -> tuple[float | None, float | None]:
    if winner is None or baseline is None:
        return None, None
    difference = winner.holdout - baseline.holdout
    if winner.holdout_error is None or baseline.holdout_error is None:
        return difference, None
    return difference, math.hypot(winner.holdout_error, baseline.holdout_error)


def selection_bias_words(info: HoldoutInfo) -> str | None:
    """Say what selection cost, in one sentence; ``None`` where nothing was held out."""
    if info.winner is None:
        return None
    said = (
        f"Price of selection: the winner scores {percent(info.winner.selection)} on the "
        f"{_examples(info.selection_examples)} that chose it and "
        f"{_with_interval(info.winner)} on the {_examples(info.holdout_examples)} that chose "
        f"nothing, a price of {_price(info.winner)}"
    )
    return (
        f"{said}."
        if info.baseline is None
        else f"{said}; the baseline's is {_price(info.baseline)}."
    )


def _examples(count: int | None) -> str:
    return "examples" if count is None else f"{count:,} examples"


def _with_interval(scores: PartScores) -> str:
    if scores.holdout_interval is None:
        return percent(scores.holdout)
    low, high = scores.holdout_interval
    return f"{percent(scores.holdout)} (95% interval {100 * low:.2f} to {percent(high)})"


def _price(scores: PartScores) -> str:
    error = scores.price_error
    known = "" if error is None else f" (standard error {100 * error:.2f})"
    return f"{points(scores.price)} points{known}"


def holdout_figure(info: HoldoutInfo) -> go.Figure:
    """Draw both scores of winner and baseline, held-out ones with their 95 % interval."""
    if info.winner is None:
        from autoclue.reporting.drawing.plotly_adapter import empty

        return empty(info.missing or "")
    baseline = None if info.baseline is None else _two_scores(info.baseline)
    title = f"development {info.metric}"
    return two_parts_figure(title, winner=_two_scores(info.winner), baseline=baseline)


def _two_scores(scores: PartScores) -> TwoScores:
    return TwoScores(
        number=scores.number,
        chosen=scores.selection,
        independent=scores.holdout,
        interval=scores.holdout_interval,
        chosen_words=f"{percent(scores.selection)} where it was selected",
        independent_words=f"{_with_interval(scores)} held out",
    )
