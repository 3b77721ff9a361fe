"""Every trial as one line through its settings to its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import (
    BASELINE,
    FAINT_INK,
    MANY_TRIALS,
    STATES,
    WINNER,
    Axis,
    Look,
    study_axes,
    with_room,
)
from autoclue.reporting.statistics import role, searched_values, settings_line
from autoclue.reporting.wording import MetricScale, label, scale_of, shorten, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go

LABEL_HEIGHT = 0.035
"""Height of a trial's number, as a part of an axis."""
LABEL_SHIFT = 0.3
"""How far right of the last axis the numbers stand, in distances between axes."""
_MAX_LABELS = 8
"""A choice with more values than this is labelled only at every so many."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One vertical axis: its name and the labels at positions in [0, 1] from the bottom."""

    name: str
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One trial.

    Attributes:
        number: The trial's number.
        state: Where it stands.
        role: "winner", "baseline" or an empty string.
        score: Its best score so far, in [0, 1].
        positions: Where it crosses each axis, in [0, 1]; ``None`` where it has no such setting.
        strong: Whether it is complete and among the best quarter of the complete trials.
        settings: Its searched settings in one line.
    """

    number: int
    state: str
    role: str
    score: float
    positions: tuple[float | None, ...]
    strong: bool
    settings: str


@dataclass(frozen=True, slots=True)
class ParallelInfo:
    """The vertical axes, the last of which is the score, and the lines."""

    metric: MetricScale
    dimensions: tuple[Dimension, ...]
    lines: tuple[TrialLine, ...]
    missing: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Stroke:
    """How one kind of line is drawn."""

    look: Look
    name: str
    dash: str
    width: float
    opacity: float


def parallel_info(study: StudyRecord) -> ParallelInfo:
    """Place every trial that has a score on the dimensions of its settings."""
    scale = scale_of(study)
    axes = tuple(axis for axis in study_axes(study, searched_values) if axis.varies)
    scored = [(t, score) for t in study.trials if (score := t.best_score) is not None]
    if not axes or len(scored) < 2:
        reason = "Not enough trials: at least two with a score and different settings are needed."
        return ParallelInfo(scale, (), (), reason)
    scores = [scale.drawn(score) for _, score in scored]
    title = f"{scale.name}, {scale.unit}" if scale.unit else scale.name
    last = Axis(title, (), min(scores), max(scores), False, False, True)
    cutoff = _quarter(scored)
    lines = tuple(_line(study, t, score, (*axes, last), score >= cutoff) for t, score in scored)
    return ParallelInfo(
        metric=scale,
        dimensions=tuple(Dimension(axis.name, tuple(axis.ticks())) for axis in (*axes, last)),
        lines=lines,
        missing=None,
    )


def _quarter(scored: list[tuple[TrialRecord, float]]) -> float:
    """Find the lowest score of the best quarter of the complete trials, at least one."""
    complete = sorted((s for t, s in scored if t.state is TrialState.COMPLETE), reverse=True)
    return complete[max(0, -(-len(complete) // 4) - 1)] if complete else float("inf")


def _line(
    study: StudyRecord, trial: TrialRecord, score: float, axes: tuple[Axis, ...], best: bool
) -> TrialLine:
    values = searched_values(study, trial)
    settings = (a.position(values[a.name]) if a.name in values else None for a in axes[:-1])
    return TrialLine(
        number=trial.number,
        state=trial.state.value,
        role=role(study, trial),
        score=score,
        positions=(*settings, axes[-1].position(scale_of(study).drawn(score))),
        strong=best and trial.state is TrialState.COMPLETE,
        settings=settings_line(study, trial),
    )


def parallel_figure(info: ParallelInfo) -> go.Figure:
    """Draw the dimensions and the lines; complete ones solid, unfinished ones dotted."""
    from autoclue.reporting.drawing.plotly_adapter import draw, empty

    if info.missing is not None:
        return empty(info.missing)
    dimensions = len(info.dimensions)
    return draw(
        [
            *(t for stroke, lines in _strokes(info) for t in _bundle(info, lines, stroke)),
            _numbers(info),
        ],
        height_px=460,
        x={"visible": False, "range": [-0.25, dimensions - 0.55], "fixedrange": True},
        y={"visible": False, "range": [-0.05, 1.16], "fixedrange": True},
        layout={
            "shapes": [_dimension_shape(i) for i in range(dimensions)],
            "annotations": [
                n for i, r in enumerate(info.dimensions) for n in _notes(i, r, dimensions)
            ],
            "margin": {"l": 24, "r": 24, "t": 48, "b": 16},
        },
    )


def _strokes(info: ParallelInfo) -> list[tuple[_Stroke, list[TrialLine]]]:
    """Sort the lines into kinds, the ones drawn last on top."""
    plain = [line for line in info.lines if not line.role]
    faint = max(0.2, min(0.5, 10 / max(1, len(plain))))
    strokes = []
    for state, look in STATES.items():
        dash = "solid" if state == TrialState.COMPLETE.value else "dot"
        members = [line for line in plain if line.state == state and not line.strong]
        strokes.append((_Stroke(look, look.label, dash, 1.2, faint), members))
    best = STATES[TrialState.COMPLETE.value]
    strong = _Stroke(best, f"{best.label}, best quarter", "solid", 2.0, 1.0)
    strokes.append((strong, [line for line in plain if line.strong]))
    for look in (BASELINE, WINNER):
        chosen = [line for line in info.lines if line.role == look.label]
        strokes.append((_Stroke(look, look.label, look.dash, 3.0, 1.0), chosen))
    return strokes


def _bundle(info: ParallelInfo, lines: list[TrialLine], stroke: _Stroke) -> list[object]:
    """Join lines of one kind into one trace, with a gap between neighbours."""
    from autoclue.reporting.drawing.plotly_adapter import go

    if not lines:
        return []
    look = stroke.look
    points = len(info.lines) <= MANY_TRIALS or stroke.width > 2
    return [
        go.Scatter(
            x=[x for line in lines for x in (*range(len(line.positions)), None)],
            y=[y for line in lines for y in (*line.positions, None)],
            mode="lines+markers" if points else "lines",
            name=stroke.name,
            opacity=stroke.opacity,
            line={"color": look.color, "dash": stroke.dash, "width": stroke.width},
            marker={"size": 5, "color": look.color, "symbol": look.symbol},
            hovertext=[
                t for line in lines for t in (*[_hover(info, line)] * len(line.positions), None)
            ],
            hoverinfo="text",
        )
    ]


def _numbers(info: ParallelInfo) -> object:
    """Write the trials' numbers where their lines end, as far as they have room."""
    from autoclue.reporting.drawing.plotly_adapter import go

    ranked = sorted(info.lines, key=lambda line: (not line.role, -line.score))
    ends = [(line, at) for line in ranked if (at := line.positions[-1]) is not None]
    chosen = [ends[i] for i in with_room([at for _, at in ends], LABEL_HEIGHT)]
    return go.Scatter(
        x=[len(info.dimensions) - 1 + LABEL_SHIFT for _ in chosen],
        y=[at for _, at in chosen],
        mode="text",
        text=[str(line.number) for line, _ in chosen],
        textposition="middle right",
        textfont={"size": 11, "color": FAINT_INK},
        showlegend=False,
        hoverinfo="skip",
    )


def _hover(info: ParallelInfo, line: TrialLine) -> str:
    tag = f" ({line.role})" if line.role else ""
    score = info.metric.text(line.score)
    head = f"<b>trial {line.number}{tag}</b>: {score}, {STATES[line.state].label}"
    if len(info.lines) > MANY_TRIALS:
        return head
    return f"{head}<br>{wrapped(line.settings, 60)}"


def _dimension_shape(index: int) -> dict[str, object]:
    line = {"color": FAINT_INK, "width": 1}
    return {
        "type": "line", "x0": index, "x1": index, "y0": 0, "y1": 1, "line": line, "layer": "below",
    }  # fmt: skip


def _notes(index: int, dimension: Dimension, dimensions: int) -> list[dict[str, object]]:
    """Label a vertical axis; names stand at two heights in turn, so that long ones don't meet."""
    name = shorten(dimension.name, max(10, min(24, 150 // dimensions)))
    head = {
        "x": index, "y": 1.04 if index % 2 == 0 else 1.1, "yanchor": "bottom",
        "showarrow": False, "text": f"<b>{label(name)}</b>",
        "hovertext": label(dimension.name),
    }  # fmt: skip
    width = max(6, min(16, 100 // dimensions))
    every = -(-len(dimension.ticks) // _MAX_LABELS)
    ticks = [
        {"x": index, "y": at, "xanchor": "left", "xshift": 6, "showarrow": False,
         "text": label(shorten(text, width)), "hovertext": label(text),
         "font": {"size": 11, "color": FAINT_INK}, "bgcolor": "rgba(255,255,255,0.85)",
         "borderpad": 1}
        for at, text in dimension.ticks[::every]
    ]  # fmt: skip
    return [head, *ticks]
