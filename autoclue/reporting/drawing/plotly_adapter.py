"""The only module that imports Plotly; it is imported when a figure is drawn, not before."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from autoclue.reporting.drawing.theme import FAINT_INK, FONT_STACK, GRID, INK
from autoclue.reporting.wording import wrapped

__all__ = ["axis", "draw", "empty", "figure_json", "go"]


def axis(title: str, **settings: object) -> dict[str, object]:
    """Return an axis with its title and the common grid; ``settings`` are Plotly's own."""
    common = {"gridcolor": GRID, "zeroline": False, "automargin": True, "linecolor": GRID}
    return {"title": {"text": title, "standoff": 12, "font": {"size": 13}}, **common, **settings}


def draw(
    traces: list[object],
    *,
    height_px: int,
    x: Mapping[str, object],
    y: Mapping[str, object],
    layout: Mapping[str, object] | None = None,
) -> go.Figure:
    """Put traces into a figure with the common look: legend above, white ground, our font."""
    return go.Figure(
        data=traces,
        layout={
            "template": "none",
            "height": height_px,
            "autosize": True,
            "margin": {"l": 56, "r": 24, "t": 48, "b": 48},
            "font": {"family": FONT_STACK, "size": 13, "color": INK},
            "paper_bgcolor": "#ffffff",
            "plot_bgcolor": "#ffffff",
            "hoverlabel": {"align": "left", "font": {"family": FONT_STACK, "size": 12}},
            "hovermode": "closest",
            "showlegend": True,
            "legend": {
                "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom",
            },
            "xaxis": dict(x),
            "yaxis": dict(y),
            **(layout or {}),
        },
    )  # fmt: skip


def empty(sentence: str) -> go.Figure:
    """Draw a figure that only says why there is nothing to see."""
    hidden = {"visible": False, "range": [0, 1]}
    note = {
        "text": wrapped(sentence, 90),
        "x": 0.5, "y": 0.5, "showarrow": False, "font": {"color": FAINT_INK},
    }  # fmt: skip
    return draw([], height_px=140, x=hidden, y=hidden, layout={"annotations": [note]})


def figure_json(figure: go.Figure) -> str:
    """Write a figure as JSON that can stand inside a ``<script>`` element."""
    text = str(figure.to_json(engine="json"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
