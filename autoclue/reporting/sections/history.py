"""How the best score grew: every trial in the order in which it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import BASELINE, FAINT_INK, STATES, WINNER, Look
from autoclue.reporting.statistics import (
    in_order_of_end,
    role,
    schedule_steps,
    settings_line,
    steps_done,
)
from autoclue.reporting.wording import MetricScale, scale_of, share, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One trial.

    Attributes:
        order: Its place in the order of end, from 1; trials still running come last.
        number: The trial's number.
        state: Where it stands.
        role: "winner", "baseline" or an empty string.
        score: Its best score so far, in [0, 1]; ``None`` before any.
        best_so_far: Highest score of the trials that were complete by then.
        fraction_done: Part of its own schedule that it did, in [0, 1], once known.
        settings: Its searched settings in one line.
    """

    order: int
    number: int
    state: str
    role: str
    score: float | None
    best_so_far: float | None
    fraction_done: float | None
    settings: str


@dataclass(frozen=True, slots=True)
class HistoryInfo:
    """All trials in order of their end, and the baseline's score."""

    metric: MetricScale
    points: tuple[HistoryPoint, ...]
    baseline_score: float | None
    missing: str | None
    note: str | None = None


def history_info(study: StudyRecord) -> HistoryInfo:
    """Order the trials by their end and follow the best complete score."""
    leading: float | None = None
    points = []
    for order, trial in enumerate(in_order_of_end(study), start=1):
        score = trial.best_score
        if trial.state is TrialState.COMPLETE and score is not None and not trial.is_segment:
            leading = score if leading is None else max(leading, score)
        points.append(_point(study, trial, order, leading))
    scored = any(point.score is not None for point in points)
    baseline = study.baseline
    complete = baseline is not None and baseline.state is TrialState.COMPLETE
    return HistoryInfo(
        metric=scale_of(study),
        points=tuple(points),
        baseline_score=baseline.best_score if baseline is not None and complete else None,
        missing=None if scored else "No trial has been evaluated yet.",
    )


def _point(
    study: StudyRecord, trial: TrialRecord, order: int, leading: float | None
) -> HistoryPoint:
    total = schedule_steps(trial)
    return HistoryPoint(
        order=order,
        number=trial.number,
        state=trial.state.value,
        role=role(study, trial),
        score=trial.best_score,
        best_so_far=leading,
        fraction_done=None if total is None else min(1.0, steps_done(trial) / total),
        settings=settings_line(study, trial),
    )


def history_figure(info: HistoryInfo) -> go.Figure:
    """Draw one point a trial, the best complete score as a staircase and the baseline's line."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty, go

    if info.missing is not None:
        return empty(info.missing)
    traces: list[object] = [
        go.Scatter(
            x=[point.order for point in info.points],
            y=[_drawn(info, p.best_so_far) for p in info.points],
            mode="lines",
            line={"shape": "hv", "color": WINNER.color, "width": 2},
            name="best so far",
            hoverinfo="skip",
        )
    ]
    traces += [trace for state in STATES for trace in _state_trace(info, state)]
    traces += [t for look in (BASELINE, WINNER) for t in _role_traces(info, look)]
    if info.baseline_score is not None:
        traces.append(_baseline_line(info, info.baseline_score))
    return draw(
        traces,
        height_px=400,
        x=axis("trials in the order in which they ended", range=[0.4, len(info.points) + 0.6],
               dtick=1 if len(info.points) <= 20 else None, tick0=1, showgrid=False),
        y=axis(f"best development {info.metric.name}", ticksuffix=info.metric.unit),
    )  # fmt: skip


def _state_trace(info: HistoryInfo, state: str) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    members = [point for point in info.points if point.state == state]
    if not members:
        return []
    look = STATES[state]
    floor = _floor(info)
    return [
        go.Scatter(
            x=[point.order for point in members],
            y=[floor if point.score is None else _drawn(info, point.score) for point in members],
            mode="markers",
            name=look.label,
            marker={
                "symbol": look.symbol, "size": 10, "color": look.color,
                "line": {"width": 1.5 if look.symbol.endswith("open") else 0},
            },
            hovertext=[_hover(info, point) for point in members],
            hoverinfo="text",
        )
    ]  # fmt: skip


def _role_traces(info: HistoryInfo, look: Look) -> list[object]:
    """Draw the baseline's and the winner's own symbol over their points."""
    from autoclue.reporting.drawing.plotly_adapter import go

    return [
        go.Scatter(
            x=[point.order],
            y=[_drawn(info, point.score)],
            mode="markers",
            name=f"{look.label} {info.metric.text(point.score)}",
            marker={"symbol": look.symbol, "size": 14, "color": look.color},
            hovertext=[_hover(info, point)],
            hoverinfo="text",
        )
        for point in info.points
        if point.role == look.label and point.score is not None
    ]


def _floor(info: HistoryInfo) -> float:
    """Return a height just below all scores, for trials that never had one."""
    scores = [info.metric.drawn(p.score) for p in info.points if p.score is not None]
    return min(scores) - 0.06 * max(max(scores) - min(scores), 0.01 * info.metric.factor)


def _drawn(info: HistoryInfo, score: float | None) -> float | None:
    return None if score is None else info.metric.drawn(score)


def _hover(info: HistoryInfo, point: HistoryPoint) -> str:
    tag = f" ({point.role})" if point.role else ""
    score = "no score (drawn at the foot)"
    if point.score is not None:
        score = info.metric.text(point.score)
    done = "" if point.fraction_done is None else f", {share(point.fraction_done)} of its schedule"
    head = f"<b>trial {point.number}{tag}</b><br>{score}, {STATES[point.state].label}{done}"
    return f"{head}<br>{wrapped(point.settings, 60)}"


def _baseline_line(info: HistoryInfo, score: float) -> object:
    from autoclue.reporting.drawing.plotly_adapter import go

    return go.Scatter(
        x=[0.4, len(info.points) + 0.6],
        y=[info.metric.drawn(score)] * 2,
        mode="lines",
        showlegend=False,
        line={"color": FAINT_INK, "dash": BASELINE.dash, "width": 1.5},
        hoverinfo="skip",
    )
