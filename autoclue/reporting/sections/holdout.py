"""Selection bias: scores on the examples that chose, and on those that chose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import TwoScores, two_parts_figure
from autoclue.reporting.statistics import (
    dev_examples,
    distinguishable,
    error_of_difference,
    score_interval,
    standard_error,
)
from autoclue.reporting.wording import MetricScale, scale_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class PartScores:
    """One trial's best evaluation on both parts of the development set.

    Errors and intervals are ``None`` for a metric that has none, and where the number of examples
    is not known.

    Attributes:
        number: The trial's number.
        selection: Its score on the examples that select; they chose this evaluation.
        holdout: The same network's score on the held-out examples.
        holdout_error: Standard error of ``holdout``.
        holdout_interval: The 95 % interval of ``holdout`` (Wilson's for an accuracy).
        bias: The selection bias, ``selection`` minus ``holdout``.
        bias_error: Standard error of ``bias``: the two parts share no example, so the squares of
            their errors add.
    """

    number: int
    selection: float
    holdout: float
    holdout_error: float | None
    holdout_interval: tuple[float, float] | None
    bias: float
    bias_error: float | None


@dataclass(frozen=True, slots=True)
class HoldoutInfo:
    """Winner and baseline on both parts of the development set.

    Attributes:
        metric: How scores are written.
        share: Share of the development set that is held out.
        selection_examples: Examples that select, if the study says it.
        holdout_examples: Held-out examples, if the study says it.
        winner: The winner of the search, chosen by the examples that select.
        baseline: The baseline; ``None`` when it has not run to its end, or is the winner.
        difference: Winner minus baseline on the held-out examples.
        difference_error: Its standard error, as if the two were independent: both are measured
            on the same examples, so the true one is usually smaller.
        distinguishable: Whether the difference, of either sign, is at least two standard errors;
            ``None`` when that can't be computed.
        missing: Why there is no figure, or ``None``.
        note: How to read the bias, or ``None``.
    """

    metric: MetricScale
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
    scale, counts = scale_of(study), dev_examples(study)
    share = study.settings.get("holdout")
    winner = _scores(study.winner, scale, *counts)
    held = study.baseline if study.baseline is not study.winner else None
    complete = held is not None and held.state is TrialState.COMPLETE
    baseline = _scores(held, scale, *counts) if complete else None
    difference, error = _difference(winner, baseline)
    return HoldoutInfo(
        metric=scale,
        share=float(share) if isinstance(share, (int, float)) else 0.0,
        selection_examples=counts[0],
        holdout_examples=counts[1],
        winner=winner,
        baseline=baseline,
        difference=difference,
        difference_error=error,
        distinguishable=distinguishable(difference, error),
        missing=_missing(study, winner),
        note=None if winner is None else NOTE,
    )


NOTE = (
    "Selection bias is the score on the examples that selected minus the score on those that did "
    "not. The two parts may also differ in difficulty, which moves all trials alike: what the "
    "search added beyond that is the winner's bias minus the baseline's."
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
    trial: TrialRecord | None, scale: MetricScale, selecting: int | None, held_out: int | None
) -> PartScores | None:
    found = None if trial is None else trial.best
    if trial is None or found is None or found.holdout_score is None:
        return None
    score = found.holdout_score
    error = standard_error(scale, score, held_out)
    return PartScores(
        number=trial.number,
        selection=found.score,
        holdout=score,
        holdout_error=error,
        holdout_interval=score_interval(scale, score, held_out),
        bias=found.score - score,
        bias_error=error_of_difference(standard_error(scale, found.score, selecting), error),
    )


def _difference(
    winner: PartScores | None, baseline: PartScores | None
) -> tuple[float | None, float | None]:
    if winner is None or baseline is None:
        return None, None
    error = error_of_difference(winner.holdout_error, baseline.holdout_error)
    return winner.holdout - baseline.holdout, error


def selection_bias_words(info: HoldoutInfo) -> str | None:
    """Write the selection bias in one sentence; ``None`` where nothing was held out."""
    if info.winner is None:
        return None
    said = (
        f"Selection bias: the winner scores {info.metric.text(info.winner.selection)} on the "
        f"{_examples(info.selection_examples)} that chose it and "
        f"{_with_interval(info, info.winner)} on the {_examples(info.holdout_examples)} that "
        f"chose nothing, a bias of {_bias(info, info.winner)}"
    )
    return (
        f"{said}."
        if info.baseline is None
        else f"{said}; the baseline's is {_bias(info, info.baseline)}."
    )


def _examples(count: int | None) -> str:
    return "examples" if count is None else f"{count:,} examples"


def _with_interval(info: HoldoutInfo, scores: PartScores) -> str:
    score = info.metric.text(scores.holdout)
    if scores.holdout_interval is None:
        return score
    return f"{score} (95% interval {info.metric.span(*scores.holdout_interval)})"


def _bias(info: HoldoutInfo, scores: PartScores) -> str:
    error = scores.bias_error
    known = "" if error is None else f" (standard error {info.metric.size(error)})"
    return f"{info.metric.gap(scores.bias)}{known}"


def holdout_figure(info: HoldoutInfo) -> go.Figure:
    """Draw both scores of winner and baseline, held-out ones with their 95 % interval."""
    if info.winner is None:
        from autoclue.reporting.drawing.plotly_adapter import empty

        return empty(info.missing or "")
    baseline = None if info.baseline is None else _two_scores(info, info.baseline)
    title = f"development {info.metric.name}"
    winner = _two_scores(info, info.winner)
    return two_parts_figure(info.metric, title, winner=winner, baseline=baseline)


def _two_scores(info: HoldoutInfo, scores: PartScores) -> TwoScores:
    return TwoScores(
        number=scores.number,
        chosen=scores.selection,
        independent=scores.holdout,
        interval=scores.holdout_interval,
        chosen_words=f"{info.metric.text(scores.selection)} where it was selected",
        independent_words=f"{_with_interval(info, scores)} held out",
    )
