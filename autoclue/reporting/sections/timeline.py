"""When each trial ran: how full the devices were, and what waited for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting.drawing import STATES
from autoclue.reporting.statistics import role
from autoclue.reporting.wording import duration

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX, LEAST_PX, MOST_PX = 18, 220, 900
UNITS = (("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))
"""Units of the time axis; the first one of which the study spans two is taken."""

NOTE = (
    "A bar reaches from a trial's beginning to its end by the clock on the wall: a pause after an "
    "interruption lies within it."
)


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """One trial.

    Attributes:
        number: The trial's number.
        state: Where it stands.
        role: "winner", "baseline" or an empty string.
        start_s: Seconds from the beginning of the study's first trial to its own.
        length_s: Seconds from its beginning to its end; for a running trial to the last moment
            that the ledger knows of.
        restarts: How often it was taken up again after an interruption.
    """

    number: int
    state: str
    role: str
    start_s: float
    length_s: float
    restarts: int


@dataclass(frozen=True, slots=True)
class TimelineInfo:
    """All trials that say when they began, by number."""

    bars: tuple[TimelineBar, ...]
    missing: str | None
    note: str | None = None

    @property
    def end_s(self) -> float:
        """Seconds from the beginning of the first trial to the end of the last."""
        return max((bar.start_s + bar.length_s for bar in self.bars), default=0.0)


def timeline_info(study: StudyRecord) -> TimelineInfo:
    """Place every trial on the time since the first one began."""
    begun = {t.number: datetime.fromisoformat(t.started_at) for t in study.trials if t.started_at}
    if not begun:
        return TimelineInfo((), "No trial says when it began.")
    first = min(begun.values())
    last = max(
        _known_end(trial, begun[trial.number]) for trial in study.trials if trial.started_at
    )
    bars = tuple(
        TimelineBar(
            number=trial.number,
            state=trial.state.value,
            role=role(study, trial),
            start_s=(begun[trial.number] - first).total_seconds(),
            length_s=(_end(trial, last) - begun[trial.number]).total_seconds(),
            restarts=trial.restarts,
        )
        for trial in study.trials
        if trial.number in begun
    )
    return TimelineInfo(bars, None, NOTE)


def _known_end(trial: TrialRecord, began: datetime) -> datetime:
    """Return the last moment that is known of a trial."""
    if trial.ended_at is not None:
        return datetime.fromisoformat(trial.ended_at)
    return began + timedelta(seconds=trial.seconds)


def _end(trial: TrialRecord, last: datetime) -> datetime:
    return last if trial.ended_at is None else datetime.fromisoformat(trial.ended_at)


def timeline_figure(info: TimelineInfo) -> go.Figure:
    """Draw a bar for each trial, coloured by how it ended."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    unit, size = next((u for u in UNITS if info.end_s >= 2 * u[1]), UNITS[-1])
    traces = [trace for state in STATES for trace in _bars(info, state, size)]
    return draw(
        traces,
        height_px=min(MOST_PX, max(LEAST_PX, 110 + ROW_PX * len(info.bars))),
        x=axis(f"{unit} since the first trial began", rangemode="tozero"),
        y=axis(
            "trial", autorange="reversed", showgrid=False, dtick=_tick(len(info.bars)), tick0=0
        ),
        layout={"barmode": "overlay", "bargap": 0.25},
    )


def _tick(bars: int) -> int:
    """Choose how many trials lie between two numbers of the axis."""
    return next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if bars <= 40 * step)


def _bars(info: TimelineInfo, state: str, size: float) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    members = [bar for bar in info.bars if bar.state == state]
    if not members:
        return []
    return [
        go.Bar(
            y=[bar.number for bar in members],
            x=[bar.length_s / size for bar in members],
            base=[bar.start_s / size for bar in members],
            orientation="h",
            name=STATES[state].label,
            marker={"color": STATES[state].color},
            hovertext=[_hover(bar) for bar in members],
            hoverinfo="text",
        )
    ]


def _hover(bar: TimelineBar) -> str:
    tag = f" ({bar.role})" if bar.role else ""
    again = "" if bar.restarts == 0 else f"<br>taken up again {bar.restarts} times"
    return (
        f"<b>trial {bar.number}{tag}</b>, {STATES[bar.state].label}<br>"
        f"{duration(bar.length_s)}, begun after {duration(bar.start_s)}{again}"
    )
