"""The rounds of a population: each member's settings and score, and the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import MemberRecord, StudyRecord
from autoclue.reporting.drawing import FAINT_INK, WINNER
from autoclue.reporting.wording import MetricScale, scale_of, settings_text, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class RoundMember:
    """A member of a round.

    Attributes:
        trial: Number of the trial that has its settings; ``None`` until one is asked.
        score: Its score, in [0, 1]; ``None`` where it has none.
        rank: In its round, once that is decided.
        settings: Its searched settings in one line.
        drawn: How they were drawn.
        parent: Number of the trial from whose end it goes on; ``None`` for the pretrained weights.
    """

    trial: int | None
    score: float | None
    rank: int | None
    settings: str
    drawn: str
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round.

    Attributes:
        number: From 0.
        members: In the order of their places.
        best_so_far: The highest score up to and with it; ``None`` before any.
    """

    number: int
    members: tuple[RoundMember, ...]
    best_so_far: float | None


@dataclass(frozen=True, slots=True)
class RoundsInfo:
    """All rounds, in their order."""

    metric: MetricScale
    rounds: tuple[RoundRow, ...]
    missing: str | None
    note: str | None = None


def rounds_info(study: StudyRecord) -> RoundsInfo:
    """Collect the rounds, and follow the best score."""
    varied = {name for trial in study.trials for name in trial.params}
    best: list[float] = []
    rows = []
    for number, members in enumerate(study.rounds):
        best += [each.score for each in members if each.score is not None]
        found = tuple(_member(each, varied) for each in members)
        rows.append(RoundRow(number, found, max(best, default=None)))
    shared = sum(each.shared for members in study.rounds for each in members)
    return RoundsInfo(
        metric=scale_of(study),
        rounds=tuple(rows),
        missing=None if rows else "This study isn't searched in rounds.",
        note=_shared_words(shared),
    )


def _member(found: MemberRecord, varied: set[str]) -> RoundMember:
    values = {name: value for name, value in found.values.items() if name in varied}
    settings = settings_text(values)
    return RoundMember(found.trial, found.score, found.rank, settings, found.drawn, found.parent)


def _shared_words(shared: int) -> str | None:
    if not shared:
        return None
    what = "1 member has" if shared == 1 else f"{shared} members have"
    return f"{what} settings that were asked before, and share the trial that had them."


def rounds_figure(info: RoundsInfo) -> go.Figure:
    """Draw a point for each member over its round, and the best score so far."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty, go

    if info.missing is not None:
        return empty(info.missing)
    scored = [(row.number, m) for row in info.rounds for m in row.members if m.score is not None]
    reached = [row for row in info.rounds if row.best_so_far is not None]
    traces: list[object] = [
        go.Scatter(
            x=[number for number, _ in scored],
            y=[info.metric.drawn(each.score or 0.0) for _, each in scored],
            mode="markers",
            name="member",
            marker={"size": 9, "color": FAINT_INK},
            hovertext=[_hover(info, number, each) for number, each in scored],
            hoverinfo="text",
        ),
        go.Scatter(
            x=[row.number for row in reached],
            y=[info.metric.drawn(row.best_so_far or 0.0) for row in reached],
            mode="lines",
            line={"color": WINNER.color, "width": 2},
            name="best so far",
            hoverinfo="skip",
        ),
    ]
    return draw(
        traces,
        height_px=400,
        x=axis("round", dtick=1, tick0=0, showgrid=False),
        y=axis(f"development {info.metric.name}", ticksuffix=info.metric.unit),
    )


def _hover(info: RoundsInfo, number: int, member: RoundMember) -> str:
    score = "no score" if member.score is None else info.metric.text(member.score)
    rank = "" if member.rank is None else f", rank {member.rank}"
    trial = "" if member.trial is None else f", trial {member.trial}"
    begun = "" if member.parent is None else f"<br>goes on from trial {member.parent}"
    settings = wrapped(member.settings, 60)
    return f"<b>round {number}{trial}</b>{begun}<br>{score}{rank}<br>{settings}"
