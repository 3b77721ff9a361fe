"""The trials that failed or had a setback, each with its settings, its reason and its log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialState
from autoclue.reporting.drawing import FONT_STACK, GRID
from autoclue.reporting.statistics import settings_line, steps_done
from autoclue.reporting.wording import label

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed trial.

    Attributes:
        number: The trial's number.
        settings: Its searched settings in one line.
        step: Steps done by its last evaluation.
        reason: Why it failed.
        log: Where its training log lies; empty where none is known.
    """

    number: int
    settings: str
    step: int
    reason: str
    log: str = ""


@dataclass(frozen=True, slots=True)
class Setback:
    """Something that a trial went on after: its process died, or its memory ran out.

    Attributes:
        number: The trial's number.
        reason: What happened.
    """

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class FailuresInfo:
    """All failed trials in order of their number, and all setbacks of trials that went on."""

    failures: tuple[Failure, ...]
    missing: str | None
    note: str | None = None
    setbacks: tuple[Setback, ...] = ()


def failures_info(study: StudyRecord) -> FailuresInfo:
    """Collect the failed trials."""
    failures = tuple(
        Failure(
            t.number,
            settings_line(study, t),
            steps_done(t),
            t.failure or "no reason recorded",
            t.log or "",
        )
        for t in study.trials
        if t.state is TrialState.FAIL
    )
    setbacks = tuple(
        Setback(trial.number, reason)
        for trial in study.trials
        if trial.state is not TrialState.FAIL
        for reason in (*trial.deaths, *((trial.change,) if trial.change is not None else ()))
    )
    missing = None if failures or setbacks else "No trial failed."
    return FailuresInfo(failures, missing, setbacks=setbacks)


def failures_figure(info: FailuresInfo) -> go.Figure:
    """Draw the failures as a Plotly table; the page itself uses a plain HTML one."""
    from autoclue.reporting.drawing.plotly_adapter import draw, empty, go

    if info.missing is not None:
        return empty(info.missing)
    columns = {
        "trial": [failure.number for failure in info.failures],
        "settings": [label(failure.settings) for failure in info.failures],
        "last step": [failure.step for failure in info.failures],
        "reason": [label(failure.reason) for failure in info.failures],
    }
    font = {"family": FONT_STACK, "size": 12}
    table = go.Table(
        columnwidth=[1, 5, 1.3, 7],
        header={"values": list(columns), "align": "left", "font": font, "fill": {"color": GRID}},
        cells={"values": list(columns.values()), "align": "left", "font": font, "height": 26},
    )
    return draw([table], height_px=120 + 60 * len(info.failures), x={}, y={})
