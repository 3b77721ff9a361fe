"""The figure of winner and baseline on two parts of the data: the one that chose, and another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.reporting.drawing.theme import BASELINE, FAINT_INK, WINNER, Look
from autoclue.reporting.wording import MetricScale

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class TwoScores:
    """One trial's two scores.

    Attributes:
        number: The trial's number.
        chosen: Its score where it was chosen; the open marker.
        independent: Its score where nothing was chosen; the filled marker.
        interval: The 95 % interval of ``independent``, or ``None``.
        chosen_words: What the open marker says on hover.
        independent_words: What the filled one says.
    """

    number: int
    chosen: float
    independent: float
    interval: tuple[float, float] | None
    chosen_words: str
    independent_words: str


def two_parts_figure(
    scale: MetricScale, title: str, *, winner: TwoScores, baseline: TwoScores | None
) -> go.Figure:
    """Draw both scores of winner and baseline, the independent ones with their 95 % interval."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw

    traces: list[object] = [] if baseline is None else _pair(scale, baseline, BASELINE)
    traces += _pair(scale, winner, WINNER)
    return draw(
        traces,
        height_px=150 + 22 * len(traces),
        x=axis(title, ticksuffix=scale.unit),
        y={"showgrid": False, "automargin": True, "ticklen": 0},
        layout={"showlegend": False, "margin": {"l": 150, "r": 24, "t": 24, "b": 48}},
    )


def _pair(scale: MetricScale, scores: TwoScores, look: Look) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    row = f"{look.label} (trial {scores.number})"
    marker = {"size": 13, "color": look.color}
    known = scores.interval
    low, high = (scores.independent, scores.independent) if known is None else known
    bar = {
        "type": "data", "array": [scale.drawn(high - scores.independent)],
        "arrayminus": [scale.drawn(scores.independent - low)],
        "visible": known is not None,
        "color": FAINT_INK, "thickness": 1.5, "width": 6,
    }  # fmt: skip
    return [
        go.Scatter(
            x=[scale.drawn(scores.chosen)],
            y=[row],
            mode="markers",
            marker={**marker, "symbol": f"{look.symbol}-open", "line": {"width": 2}},
            hovertemplate=f"{scores.chosen_words}<extra></extra>",
        ),
        go.Scatter(
            x=[scale.drawn(scores.independent)],
            y=[row],
            error_x=bar,
            mode="markers",
            marker={**marker, "symbol": look.symbol},
            hovertemplate=f"{scores.independent_words}<extra></extra>",
        ),
    ]
