"""Every trial's score along its own schedule, with the rungs and the stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import (
    BASELINE,
    FAINT_INK,
    MANY_TRIALS,
    STATES,
    WINNER,
    Look,
    with_room,
)
from autoclue.reporting.statistics import role, schedule_steps, settings_line
from autoclue.reporting.wording import MetricScale, plural, rung_text, scale_of, share, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go

LABEL_HEIGHT = 0.035
"""Height of a trial's number, as a part of the range of scores."""
LABEL_WIDTH = 0.08
"""Width of a rung's name, as a part of the axis."""


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """One trial's evaluations.

    Attributes:
        number: The trial's number.
        state: Where it stands.
        role: "winner", "baseline" or an empty string.
        fractions: Part of the trial's own schedule at each evaluation, in (0, 1].
        steps: The same in steps.
        scores: The score at each evaluation, in [0, 1].
        end: Why the curve ends before its schedule does, in one sentence, or ``None``.
        settings: The searched settings in one line.
    """

    number: int
    state: str
    role: str
    fractions: tuple[float, ...]
    steps: tuple[int, ...]
    scores: tuple[float, ...]
    end: str | None
    settings: str


@dataclass(frozen=True, slots=True)
class LearningCurvesInfo:
    """All curves, the rungs as fractions of a schedule, and how many trials have no curve yet."""

    metric: MetricScale
    curves: tuple[LearningCurve, ...]
    rungs: tuple[float, ...]
    left_out: int
    missing: str | None
    note: str | None


def learning_curves_info(study: StudyRecord) -> LearningCurvesInfo:
    """Put every evaluation at its fraction of the trial's own schedule."""
    curves = tuple(c for trial in study.trials if (c := _curve(study, trial)) is not None)
    left_out = len(study.trials) - len(curves)
    note = f"{plural(left_out, 'trial')} without any evaluation yet can't be drawn."
    return LearningCurvesInfo(
        metric=scale_of(study),
        curves=curves,
        rungs=study.rungs,
        left_out=left_out,
        missing=None if curves else "No trial has been evaluated yet.",
        note=note if left_out and curves else None,
    )


def _curve(study: StudyRecord, trial: TrialRecord) -> LearningCurve | None:
    scores, total = trial.evaluations, schedule_steps(trial)
    if not scores or total is None:
        return None
    return LearningCurve(
        number=trial.number,
        state=trial.state.value,
        role=role(study, trial),
        fractions=tuple(e.step / total for e in scores),
        steps=tuple(e.step for e in scores),
        scores=tuple(e.score for e in scores),
        end=_end(trial),
        settings=settings_line(study, trial),
    )


def _end(trial: TrialRecord) -> str | None:
    if trial.stop is not None:
        return trial.stop.reason
    return (trial.failure or "failed") if trial.state is TrialState.FAIL else None


def learning_curves_figure(info: LearningCurvesInfo) -> go.Figure:
    """Draw the curves by state, the winner and the baseline on top, rungs as vertical lines."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    plain = [curve for curve in info.curves if not curve.role]
    crowd = max(0.35, min(0.75, 12 / max(1, len(plain))))
    traces: list[object] = []
    for state, look in STATES.items():
        members = [curve for curve in plain if curve.state == state]
        traces += _group(info, members, look, opacity=crowd, width=1.3)
    traces += _ends(info)
    for name, look in (("baseline", BASELINE), ("winner", WINNER)):
        chosen = [curve for curve in info.curves if curve.role == name]
        traces += _group(info, chosen, look, opacity=1.0, width=2.8)
    traces.append(_numbers(info))
    ceiling = max(1.0, *(max(curve.fractions) for curve in info.curves))
    return draw(
        traces,
        height_px=460,
        x=axis("part of the trial's own schedule", tickformat=".0%", range=[0, ceiling + 0.04]),
        y=axis(f"development {info.metric.name}", ticksuffix=info.metric.unit),
        layout={**_rung_lines(info.rungs), "margin": {"l": 56, "r": 24, "t": 72, "b": 48},
                "legend": {"orientation": "h", "x": 0, "y": 1.07, "yanchor": "bottom"}},
    )  # fmt: skip


def _group(
    info: LearningCurvesInfo,
    curves: list[LearningCurve],
    look: Look,
    *,
    opacity: float,
    width: float,
) -> list[object]:
    """Join curves of one kind into one trace, with a gap between neighbours."""
    from autoclue.reporting.drawing.plotly_adapter import go

    if not curves:
        return []
    few = len(info.curves) <= MANY_TRIALS
    return [
        go.Scatter(
            x=[x for curve in curves for x in (*curve.fractions, None)],
            y=[y for c in curves for y in (*map(info.metric.drawn, c.scores), None)],
            mode="lines+markers" if few or width > 2 else "lines",
            name=look.label,
            opacity=opacity,
            line={"color": look.color, "width": width, "dash": look.dash},
            marker={"size": 4 if width < 2 else 6, "color": look.color},
            hovertext=[text for curve in curves for text in (*_hovers(info, curve, few), None)],
            hoverinfo="text",
        )
    ]


def _hovers(info: LearningCurvesInfo, curve: LearningCurve, few: bool = True) -> list[str]:
    """Write what each point says; without ``few`` the settings stand at the last one alone."""
    tag = f" ({curve.role})" if curve.role else ""
    tail = f"<br>{wrapped(curve.settings, 60)}"
    rows = zip(curve.scores, curve.steps, curve.fractions, strict=True)
    return [
        f"<b>trial {curve.number}{tag}</b>: {info.metric.text(score)}<br>"
        f"step {step:,}, {share(fraction)} of its schedule"
        f"{tail if few or step == curve.steps[-1] else ''}"
        for score, step, fraction in rows
    ]


def _numbers(info: LearningCurvesInfo) -> object:
    """Write the trials' numbers at the ends of their curves, as far as they have room."""
    from autoclue.reporting.drawing.plotly_adapter import go

    ranked = sorted(info.curves, key=lambda curve: (not curve.role, -curve.scores[-1]))
    scores = [score for curve in info.curves for score in curve.scores]
    tall = LABEL_HEIGHT * (max(scores) - min(scores))
    chosen = [
        curve
        for end in {curve.fractions[-1] for curve in ranked}
        for curve in _apart([c for c in ranked if c.fractions[-1] == end], tall)
    ]
    return go.Scatter(
        x=[curve.fractions[-1] for curve in chosen],
        y=[info.metric.drawn(curve.scores[-1]) for curve in chosen],
        mode="text",
        text=[f" {curve.number}" for curve in chosen],
        textposition="middle right",
        textfont={"size": 11, "color": FAINT_INK},
        showlegend=False,
        hoverinfo="skip",
    )


def _apart(curves: list[LearningCurve], tall: float) -> list[LearningCurve]:
    return [curves[i] for i in with_room([curve.scores[-1] for curve in curves], tall)]


def _ends(info: LearningCurvesInfo) -> list[object]:
    """Mark where curves were cut off; the reason is on hover."""
    from autoclue.reporting.drawing.plotly_adapter import go

    cut = [curve for curve in info.curves if curve.end is not None]
    return [
        go.Scatter(
            x=[curve.fractions[-1] for curve in members],
            y=[info.metric.drawn(curve.scores[-1]) for curve in members],
            mode="markers",
            name=f"{look.label}: why",
            showlegend=False,
            marker={"symbol": look.symbol, "size": 10, "color": look.color},
            hovertext=[
                f"{_hovers(info, c)[-1]}<br><i>{wrapped(str(c.end), 60)}</i>" for c in members
            ],
            hoverinfo="text",
        )
        for state, look in STATES.items()
        if (members := [curve for curve in cut if curve.state == state])
    ]


def _rung_lines(rungs: tuple[float, ...]) -> dict[str, object]:
    """Draw each rung below 1 as a dotted line with its fraction written above the plot."""
    inner = [rung for rung in rungs if 0 < rung < 1]
    line = {"color": FAINT_INK, "width": 1, "dash": "dot"}
    return {
        "shapes": [
            {"type": "line", "x0": r, "x1": r, "y0": 0, "y1": 1, "yref": "paper", "line": line}
            for r in inner
        ],
        "annotations": [
            {"name": "rung", "x": r, "y": 1, "yref": "paper", "yanchor": "bottom",
             "showarrow": False, "text": f"rung {rung_text(r)}",
             "font": {"size": 11, "color": FAINT_INK}}
            for r in _named(inner)
        ],
    }  # fmt: skip


def _named(rungs: Sequence[float]) -> list[float]:
    """Choose the rungs whose names fit side by side, the late ones first."""
    late_first = sorted(rungs, reverse=True)
    return sorted(late_first[i] for i in with_room(late_first, LABEL_WIDTH))
