"""The score over two settings at once: every trial where its settings are, coloured by its score.

There are no contours: between scattered trials, which differ in their other settings too, they
would show values that nobody has measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialState
from autoclue.reporting.drawing import INK, MANY_TRIALS, STATES
from autoclue.reporting.sections.importance import importance_info
from autoclue.reporting.sections.over_settings.slices import SlicePoint, slices_info
from autoclue.reporting.wording import MetricScale, label, shorten, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_SETTINGS = 4
COLUMNS = 3
GAP_X, GAP_Y = 0.1, 0.3
ROW_PX = 300
LOWEST = 0.1
"""Of the scores so many may lie below the scale: one bad trial would take all its colours."""

Ticks = tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class PairsInfo:
    """The settings that are drawn against each other, and every trial that has a score.

    Attributes:
        metric: How scores are written.
        names: The settings, those that matter most first where that is known.
        ticks: The labels of each at positions in [0, 1].
        points: The trials, with their positions along the settings.
        missing: Why there is nothing to draw, or ``None``.
        note: Which settings are drawn where not all are, or ``None``.
    """

    metric: MetricScale
    names: tuple[str, ...]
    ticks: tuple[Ticks, ...]
    points: tuple[SlicePoint, ...]
    missing: str | None
    note: str | None


def pairs_info(study: StudyRecord) -> PairsInfo:
    """Choose the settings that vary, at most four, and place every trial along them."""
    every = slices_info(study)
    if len(every.names) < 2:
        reason = "At least two settings that differ between the trials are needed."
        return PairsInfo(every.metric, (), (), (), reason, None)
    ranked = [row.name for row in importance_info(study).rows]
    order = sorted(every.names, key=lambda n: ranked.index(n) if n in ranked else len(ranked))
    chosen = [every.names.index(name) for name in order[:MOST_SETTINGS]]
    more = len(every.names) - len(chosen)
    which = "that matter most" if ranked else "that come first"
    return PairsInfo(
        metric=every.metric,
        names=tuple(every.names[place] for place in chosen),
        ticks=tuple(every.ticks[place] for place in chosen),
        points=tuple(_along(point, chosen) for point in every.points),
        missing=None,
        note=f"Of {len(every.names)} settings the {MOST_SETTINGS} {which}." if more else None,
    )


def _along(point: SlicePoint, chosen: list[int]) -> SlicePoint:
    return SlicePoint(
        number=point.number,
        state=point.state,
        role=point.role,
        score=point.score,
        positions=tuple(point.positions[place] for place in chosen),
        settings=point.settings,
    )


def pairs_figure(info: PairsInfo) -> go.Figure:
    """Draw one small plot for each pair of settings."""
    from autoclue.reporting.drawing.plotly_adapter import draw, empty

    if info.missing is not None:
        return empty(info.missing)
    pairs = list(combinations(range(len(info.names)), 2))
    rows = -(-len(pairs) // COLUMNS)
    axes = [_axes(info, place, pair, rows) for place, pair in enumerate(pairs)]
    return draw(
        [_trace(info, place, pair) for place, pair in enumerate(pairs)],
        height_px=60 + ROW_PX * rows,
        x=axes[0][0],
        y=axes[0][1],
        layout={
            **{f"xaxis{n}": x for n, (x, _) in enumerate(axes[1:], start=2)},
            **{f"yaxis{n}": y for n, (_, y) in enumerate(axes[1:], start=2)},
            "coloraxis": _colours(info),
            "showlegend": False,
        },
    )


def _colours(info: PairsInfo) -> dict[str, object]:
    scores = sorted(info.metric.drawn(point.score) for point in info.points)
    return {
        "colorscale": "Viridis",
        "cmin": scores[int(LOWEST * (len(scores) - 1))],
        "cmax": scores[-1],
        "colorbar": {"title": {"text": info.metric.name}, "ticksuffix": info.metric.unit},
    }


def _axes(
    info: PairsInfo, place: int, pair: tuple[int, int], rows: int
) -> tuple[dict[str, object], dict[str, object]]:
    from autoclue.reporting.drawing.plotly_adapter import axis

    row, column = divmod(place, COLUMNS)
    width, height = (1 - GAP_X * (COLUMNS - 1)) / COLUMNS, (1 - GAP_Y * (rows - 1) / rows) / rows
    left, top = column * (width + GAP_X), 1 - row * (height + GAP_Y / rows)
    name = "" if place == 0 else str(place + 1)
    domains = ([left, left + width], [max(0.0, top - height), top])
    found = [
        axis(
            label(shorten(info.names[setting], 28)), domain=domain, range=[-0.06, 1.06],
            tickvals=[at for at, _ in ticks], ticktext=[label(shorten(t, 8)) for _, t in ticks],
            anchor=f"{other}{name}",
        )
        for setting, domain, other in zip(pair, domains, ("y", "x"), strict=True)
        for ticks in [info.ticks[setting][:: -(-len(info.ticks[setting]) // 6)]]
    ]  # fmt: skip
    return found[0], found[1]


def _trace(info: PairsInfo, place: int, pair: tuple[int, int]) -> object:
    from autoclue.reporting.drawing.plotly_adapter import go

    ordered = sorted(info.points, key=lambda point: (bool(point.role), point.score))
    held = [p for p in ordered if all(p.positions[setting] is not None for setting in pair)]
    name = "" if place == 0 else str(place + 1)
    return go.Scatter(
        x=[point.positions[pair[0]] for point in held],
        y=[point.positions[pair[1]] for point in held],
        xaxis=f"x{name}",
        yaxis=f"y{name}",
        mode="markers",
        marker={
            "symbol": [_symbol(point) for point in held],
            "size": [14 if point.role else 9 for point in held],
            "color": [info.metric.drawn(point.score) for point in held],
            "coloraxis": "coloraxis",
            "line": {"width": [1.5 if point.role else 0 for point in held], "color": INK},
        },
        hovertext=[_hover(info, point) for point in held],
        hoverinfo="text",
    )


def _symbol(point: SlicePoint) -> str:
    if point.role:
        return "star" if point.role == "winner" else "diamond"
    done = point.state == TrialState.COMPLETE.value
    return "circle" if done else "triangle-down"


def _hover(info: PairsInfo, point: SlicePoint) -> str:
    tag = f" ({point.role})" if point.role else ""
    told = f"{info.metric.text(point.score)}, {STATES[point.state].label}"
    head = f"<b>trial {point.number}{tag}</b>: {told}"
    if len(info.points) > MANY_TRIALS:
        return head
    return f"{head}<br>{wrapped(point.settings, 60)}"
