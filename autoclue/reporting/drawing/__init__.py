"""How figures are drawn: theme and axes.

``autoclue.reporting.drawing.plotly_adapter`` is left out here, because it imports Plotly.
"""

from autoclue.reporting.drawing.axes import Axis, study_axes
from autoclue.reporting.drawing.bundle import TRACES, plotly_bundle, plotly_source
from autoclue.reporting.drawing.spacing import with_room
from autoclue.reporting.drawing.theme import (
    BASELINE,
    FAINT_INK,
    FONT_STACK,
    GRID,
    INK,
    MANY_TRIALS,
    PALE_WINNER,
    STATES,
    WINNER,
    Look,
)
from autoclue.reporting.drawing.two_parts import TwoScores, two_parts_figure

__all__ = [
    "BASELINE",
    "FAINT_INK",
    "FONT_STACK",
    "GRID",
    "INK",
    "MANY_TRIALS",
    "PALE_WINNER",
    "STATES",
    "TRACES",
    "WINNER",
    "Axis",
    "Look",
    "TwoScores",
    "plotly_bundle",
    "plotly_source",
    "study_axes",
    "two_parts_figure",
    "with_room",
]
