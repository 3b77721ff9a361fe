"""The figure of winner and baseline on two parts of the data: the one that chose, and another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.reporting.drawing.theme import BASELINE, FAINT_INK, WINNER, Look

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class TwoScores:
    """One trial's two scores.

    Attributes:
        number: The trial's number.
        chosen: Its score where it was chosen, in [0, 1]; the open marker.
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


def two_parts_figure(title: str, *, winner: TwoScores, baseline: TwoScores | None) -> go.Figure:
    """Draw both scores of winner and baseline, the independent ones with their 95 % interval."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw

    traces: list[object] = [] if baseline is None else _pair(baseline, BASELINE)
    traces += _pair(winner, WINNER)
    return draw(
        traces,
        height_px=150 + 22 * len(traces),
        x=axis(title, ticksuffix="%"),
        y={"showgrid": False, "automargin": True, "ticklen": 0},
        layout={"showlegend": False, "margin": {"l": 150, "r": 24, "t": 24, "b": 48}},
    )


def _pair(scores: TwoScores, look: Look) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    row = f"{look.label} (trial {scores.number})"
    marker = {"size": 13, "color": look.color}
    low, high = scores.interval or (scores.independent, scores.independent)
    bar = {
        "type": "data", "array": [100 * (high - scores.independent)],
        "arrayminus": [100 * (scores.independent - low)],
        "visible": scores.interval is not None,
        "color": FAINT_INK, "thickness": 1.5, "width": 6,
    }  # fmt: skip
    return [
        go.Scatter(
            x=[100 * scores.chosen],
            y=[row],
            mode="markers",
            marker={**marker, "symbol": f"{look.symbol}-open", "line": {"width": 2}},
            hovertemplate=f"{scores.chosen_words}<extra></extra>",
        ),
        go.Scatter(
            x=[100 * scores.independent],
            y=[row],
            error_x=bar,
            mode="markers",
            marker={**marker, "symbol": look.symbol},
            hovertemplate=f"{scores.independent_words}<extra></extra>",
        ),
    ]
