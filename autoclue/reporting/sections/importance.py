"""Which settings mattered, asked only of scores that cost the same share of their schedule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import FAINT_INK, STATES, Axis, study_axes
from autoclue.reporting.statistics import (
    MOST_TOGETHER,
    Column,
    Importance,
    estimate_importance,
    score_at,
)
from autoclue.reporting.wording import label, plural, rung_text, shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

MIN_TRIALS = 10
"""With fewer scores one trial more or less turns the order round."""
MIN_TRIALS_PER_PARAMETER = 3
MIN_SHARE = 2 / 3
"""Of the trials that ended, at least so many must have reached the common budget."""
FEW_TRIALS = 20
"""Below this the figure is called a rough guide."""


@dataclass(frozen=True, slots=True)
class ImportanceInfo:
    """Parameter importance at one budget.

    Attributes:
        rows: Most important first; empty when it can't be computed or would say nothing.
        evaluator: The method, or ``None``.
        fraction: Part of each trial's own schedule at which the scores were taken.
        trials: How many trials had a score there.
        constant: Parameters that never changed and are therefore left out.
        missing: Why there is no figure, or ``None``.
        note: How the figure was made and how far to trust it, or ``None``.
    """

    rows: tuple[Importance, ...]
    evaluator: str | None
    fraction: float | None
    trials: int
    constant: tuple[str, ...]
    missing: str | None
    note: str | None


ON_THE_WAY = "Settings change while a member trains, so that no score belongs to one value."


def importance_info(study: StudyRecord) -> ImportanceInfo:
    """Compute importance at the largest budget that enough trials reached."""
    axes = study_axes(study)
    if any(trial.config.get("changes") or trial.config.get("earlier") for trial in study.trials):
        return _nothing(ON_THE_WAY, axes)
    fraction = common_fraction(study)
    if fraction is None:
        return _nothing(_too_few(study), axes)
    scores = {t.number: s for t in study.trials if (s := score_at(t, fraction)) is not None}
    chosen = [t for t in study.trials if t.number in scores and not _outside(t, study)]
    varying = tuple(axis for axis in axes if _varies(axis, chosen))
    if not varying:
        return _nothing("No searched setting differs between the trials.", axes)
    if len(set(scores.values())) == 1:
        return _nothing("All trials scored the same at the common budget.", axes)
    columns = tuple(_column(axis, chosen) for axis in varying)
    rows, evaluator = estimate_importance(columns, tuple(scores[t.number] for t in chosen))
    undecided = len(rows) > 1 and rows[0].rank_high == len(rows)
    stopped = _stopped_before(study, fraction)
    return ImportanceInfo(
        rows=() if undecided else rows,
        evaluator=evaluator,
        fraction=fraction,
        trials=len(chosen),
        constant=tuple(a.name for a in axes if a not in varying),
        missing=_undecided(evaluator, len(chosen)) if undecided else None,
        note=None if undecided else _note(rows, evaluator, fraction, len(chosen), stopped),
    )


def common_fraction(study: StudyRecord) -> float | None:
    """Find the largest budget that enough trials, and at least two thirds of them, reached.

    Candidates are the whole schedule and the rungs. Two thirds are counted over the trials that
    ended complete or stopped; failed trials have no score to compare. The share is high because
    the trials that stopped before say most about which settings hurt.
    """
    ended = sum(t.state in (TrialState.COMPLETE, TrialState.PRUNED) for t in study.trials)
    needed = max(_needed(study), math.ceil(MIN_SHARE * ended - 1e-9))
    for fraction in sorted({1.0, *study.rungs}, reverse=True):
        if sum(score_at(trial, fraction) is not None for trial in study.trials) >= needed:
            return fraction
    return None


def _needed(study: StudyRecord) -> int:
    varying = sum(axis.varies for axis in study_axes(study))
    return max(MIN_TRIALS, MIN_TRIALS_PER_PARAMETER * varying)


def importance_text(value: float) -> str:
    """Write an importance with two decimals, a tiny one as "<0.01"."""
    return "<0.01" if value < 0.01 else f"{value:.2f}"


def _too_few(study: StudyRecord) -> str:
    scored = sum(bool(t.evaluations) and t.state is not TrialState.FAIL for t in study.trials)
    return (
        f"Not enough trials: {plural(scored, 'trial')} with a score, and at least "
        f"{_needed(study)} must have reached the same part of their schedules."
    )


def _undecided(evaluator: str, trials: int) -> str:
    return (
        f"{evaluator} on {plural(trials, 'trial')} can't tell which setting matters more: another "
        "seed of the method, or a few other trials, turn the order round."
    )


def _nothing(reason: str, axes: tuple[Axis, ...]) -> ImportanceInfo:
    constant = tuple(axis.name for axis in axes if not axis.varies)
    return ImportanceInfo((), None, None, 0, constant, reason, None)


def _stopped_before(study: StudyRecord, fraction: float) -> int:
    return sum(
        t.state is TrialState.PRUNED and score_at(t, fraction) is None for t in study.trials
    )


def _outside(trial: TrialRecord, study: StudyRecord) -> bool:
    """Return whether this is a baseline that the search space doesn't hold.

    A setting of it is then not recorded, and it says nothing about the settings inside.
    """
    others = {name for t in study.trials if not t.baseline for name in t.params}
    return trial.baseline and not others <= set(trial.params)


def _varies(axis: Axis, trials: list[TrialRecord]) -> bool:
    return len({repr(t.params[axis.name]) for t in trials if axis.name in t.params}) > 1


def _column(axis: Axis, trials: list[TrialRecord]) -> Column:
    return Column(
        name=axis.name,
        choices=axis.choices,
        low=axis.low,
        high=axis.high,
        log=axis.log,
        integer=axis.integer,
        values=tuple(t.params.get(axis.name) for t in trials),
        given=tuple(axis.name in t.params for t in trials),
    )


def _note(
    rows: tuple[Importance, ...], evaluator: str, fraction: float, trials: int, stopped: int
) -> str:
    budget = "the end" if fraction == 1 else rung_text(fraction)
    said = (
        f"{evaluator} on {plural(trials, 'trial')}, each with its best score up to {budget} of "
        "its own schedule. The lines show how far the bars move with the method's seed and with "
        "trials drawn anew."
    )
    if trials > MOST_TOGETHER:
        said += f" Each estimate takes {MOST_TOGETHER} of them."
    if any(row.rank_low != row.rank_high for row in rows):
        said += " Settings that share a rank can't be put in order."
    if stopped:
        said += (
            f" Not counted: {plural(stopped, 'trial')} stopped before that point; the settings "
            "that got them stopped matter more than they seem to here."
        )
    caution = " With so few trials this is a rough guide, not a finding."
    return said + (caution if trials < FEW_TRIALS else "")


def rank_text(row: Importance) -> str:
    """Write a parameter's rank: "1.", or "2.-4." where its place among those is open."""
    return (
        f"{row.rank_low}."
        if row.rank_low == row.rank_high
        else (f"{row.rank_low}.-{row.rank_high}.")
    )


def importance_figure(info: ImportanceInfo) -> go.Figure:
    """Draw one bar a parameter with its spread, the most important at the top."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty, go

    if info.missing is not None:
        return empty(info.missing)
    rows = info.rows[::-1]
    bars = go.Bar(
        x=[row.share for row in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": STATES["COMPLETE"].color},
        error_x={
            "type": "data", "array": [row.high - row.share for row in rows],
            "arrayminus": [row.share - row.low for row in rows],
            "color": FAINT_INK, "thickness": 1.5, "width": 6,
        },
        hovertext=[_hover(row) for row in rows],
        hoverinfo="text",
    )  # fmt: skip
    top = max(row.high for row in rows)
    return draw(
        [bars],
        height_px=114 + 34 * len(rows),
        x=axis("share of the differences between scores", range=[0, 1.04 * top]),
        y={
            "automargin": True, "showgrid": False, "ticklen": 6, "tickcolor": "#ffffff",
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{label(shorten(row.name, 36))}  {rank_text(row)}" for row in rows],
        },
        layout={
            "showlegend": False, "bargap": 0.35, "margin": {"l": 24, "r": 24, "t": 36, "b": 48},
        },
    )  # fmt: skip


def _hover(row: Importance) -> str:
    span = f"{importance_text(row.low)} to {importance_text(row.high)}"
    return f"{label(row.name)}: {importance_text(row.share)} ({span})"
