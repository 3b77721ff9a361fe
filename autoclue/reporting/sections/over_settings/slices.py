"""The score over each searched setting, one small plot a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import Scalar, StudyRecord, TrialState
from autoclue.reporting.drawing import (
    BASELINE,
    MANY_TRIALS,
    STATES,
    WINNER,
    Axis,
    Look,
    study_axes,
)
from autoclue.reporting.statistics import role, searched_values, settings_line
from autoclue.reporting.wording import MetricScale, label, scale_of, shorten, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLUMNS = 3
GAP = 0.06
ROW_PX = 250


@dataclass(frozen=True, slots=True)
class SlicePoint:
    """One trial.

    Attributes:
        number: The trial's number.
        state: Where it stands.
        role: "winner", "baseline" or an empty string.
        score: Its best score so far; that of a shorter run where it did not finish.
        positions: Where it lies along each setting, in [0, 1]; ``None`` where it has none.
        settings: Its searched settings in one line.
    """

    number: int
    state: str
    role: str
    score: float
    positions: tuple[float | None, ...]
    settings: str


@dataclass(frozen=True, slots=True)
class SlicesInfo:
    """The settings with their labels at positions in [0, 1], and every trial that has a score."""

    metric: MetricScale
    names: tuple[str, ...]
    ticks: tuple[tuple[tuple[float, str], ...], ...]
    points: tuple[SlicePoint, ...]
    missing: str | None
    note: str | None = None


def slices_info(study: StudyRecord) -> SlicesInfo:
    """Place every trial that has a score along each setting that varies."""
    axes = tuple(axis for axis in study_axes(study, searched_values) if axis.varies)
    points = tuple(
        SlicePoint(
            number=trial.number,
            state=trial.state.value,
            role=role(study, trial),
            score=trial.best_score,
            positions=_positions(axes, searched_values(study, trial)),
            settings=settings_line(study, trial),
        )
        for trial in study.trials
        if trial.best_score is not None
    )
    enough = bool(axes) and len(points) > 1
    return SlicesInfo(
        metric=scale_of(study),
        names=tuple(axis.name for axis in axes) if enough else (),
        ticks=tuple(tuple(axis.ticks()) for axis in axes) if enough else (),
        points=points if enough else (),
        missing=None if enough else "At least two trials with different settings are needed.",
    )


def _positions(axes: tuple[Axis, ...], values: dict[str, Scalar]) -> tuple[float | None, ...]:
    return tuple(
        axis.position(values[axis.name]) if axis.name in values else None for axis in axes
    )


def slices_figure(info: SlicesInfo) -> go.Figure:
    """Draw the score over each setting; trials that did not finish are hollow."""
    from autoclue.reporting.drawing.plotly_adapter import draw, empty

    if info.missing is not None:
        return empty(info.missing)
    rows = -(-len(info.names) // COLUMNS)
    axes = [_axes(info, place, rows) for place in range(len(info.names))]
    return draw(
        [t for place in range(len(info.names)) for t in _traces(info, place)],
        height_px=80 + ROW_PX * rows,
        x=axes[0][0],
        y=axes[0][1],
        layout={
            **{f"xaxis{n}": x for n, (x, _) in enumerate(axes[1:], start=2)},
            **{f"yaxis{n}": y for n, (_, y) in enumerate(axes[1:], start=2)},
        },
    )


def _axes(info: SlicesInfo, place: int, rows: int) -> tuple[dict[str, object], dict[str, object]]:
    """Return the two axes of one small plot, with their place in the figure."""
    from autoclue.reporting.drawing.plotly_adapter import axis

    row, column = divmod(place, COLUMNS)
    width, height = (1 - GAP * (COLUMNS - 1)) / COLUMNS, (1 - 0.3 * (rows - 1) / rows) / rows
    left, top = column * (width + GAP), 1 - row * (height + 0.3 / rows)
    ticks = info.ticks[place][:: -(-len(info.ticks[place]) // 6)]
    name = "" if place == 0 else str(place + 1)
    x = axis(
        label(shorten(info.names[place], 28)), domain=[left, left + width], range=[-0.06, 1.06],
        tickvals=[at for at, _ in ticks], ticktext=[label(shorten(t, 8)) for _, t in ticks],
        anchor=f"y{name}",
    )  # fmt: skip
    y = axis(
        info.metric.name if column == 0 else "", domain=[max(0.0, top - height), top],
        ticksuffix=info.metric.unit, anchor=f"x{name}",
    )  # fmt: skip
    return x, y if place == 0 else {**y, "matches": "y"}


def _traces(info: SlicesInfo, place: int) -> list[object]:
    """Draw the points of one small plot, by state, the baseline and the winner on top."""
    plain = [point for point in info.points if not point.role]
    groups = [(look, [p for p in plain if p.state == state]) for state, look in STATES.items()]
    groups += [
        (look, [p for p in info.points if p.role == look.label]) for look in (BASELINE, WINNER)
    ]
    return [trace for look, points in groups for trace in _trace(info, place, points, look)]


def _trace(info: SlicesInfo, place: int, points: list[SlicePoint], look: Look) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    held = [point for point in points if point.positions[place] is not None]
    if not held:
        return []
    symbol = look.symbol.removesuffix("-open")
    hollow = [point.state != TrialState.COMPLETE.value for point in held]
    name = "" if place == 0 else str(place + 1)
    trace = go.Scatter(
        x=[point.positions[place] for point in held],
        y=[info.metric.drawn(point.score) for point in held],
        xaxis=f"x{name}",
        yaxis=f"y{name}",
        mode="markers",
        name=look.label,
        legendgroup=look.label,
        showlegend=place == 0,
        marker={
            "symbol": [f"{symbol}-open" if open_ else symbol for open_ in hollow],
            "size": 11 if look.label in ("winner", "baseline") else 8,
            "color": look.color, "opacity": 0.85,
            "line": {"width": 1.5 if any(hollow) else 0, "color": look.color},
        },
        hovertext=[_hover(info, point) for point in held],
        hoverinfo="text",
    )  # fmt: skip
    return [trace]


def _hover(info: SlicesInfo, point: SlicePoint) -> str:
    tag = f" ({point.role})" if point.role else ""
    score, state = info.metric.text(point.score), STATES[point.state].label
    head = f"<b>trial {point.number}{tag}</b>: {score}, {state}"
    if len(info.points) > MANY_TRIALS:
        return head
    return f"{head}<br>{wrapped(point.settings, 60)}"
