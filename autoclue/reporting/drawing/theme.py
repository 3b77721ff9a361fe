"""One look for every figure and for the page: a colour-blind-safe palette and symbols per state.

The colours follow Okabe and Ito (2008), "Color Universal Design"; the winner's is darker and that
of complete trials lighter than theirs, so that a grey print tells them apart. Every state also has
a symbol of its own, so that nothing rests on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records import TrialState


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of trial is drawn.

    Attributes:
        label: Its name in a legend.
        color: CSS colour.
        symbol: Plotly marker symbol.
        dash: Plotly line style.
    """

    label: str
    color: str
    symbol: str
    dash: str


STATES = {
    TrialState.COMPLETE.value: Look("complete", "#4a9ad4", "circle", "solid"),
    TrialState.PRUNED.value: Look("stopped early", "#e69f00", "triangle-down", "solid"),
    TrialState.FAIL.value: Look("failed", "#cc3311", "x", "solid"),
    TrialState.RUNNING.value: Look("running", "#7a8699", "circle-open", "solid"),
}
"""By the value of the trial's state, in the order of legends."""

WINNER = Look("winner", "#00694b", "star", "solid")
BASELINE = Look("baseline", "#1b1f24", "diamond", "dash")

INK = "#1b1f24"
FAINT_INK = "#5b6573"
GRID = "#e6e9ee"
PALE_WINNER = "#a8d5c6"

MANY_TRIALS = 100
"""With more, lines have no points, and what a point says has no settings: the table has them."""

FONT_STACK = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, '
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", '
    '"Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif'
)
"""Latin faces first, then the Chinese faces of macOS, Windows and Linux."""
