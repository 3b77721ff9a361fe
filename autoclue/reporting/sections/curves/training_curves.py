"""How winner and baseline trained: losses, learning rate and speed along their schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting.drawing import BASELINE, FAINT_INK, WINNER, Look
from autoclue.reporting.statistics import role, schedule_steps
from autoclue.reporting.wording import share

if TYPE_CHECKING:
    import plotly.graph_objects as go

PANELS = (
    ("dev_loss", "loss on the development set"),
    ("train_loss", "loss of the last training batch"),
    ("learning_rate", "learning rate of the top block"),
    ("steps_per_s", "steps a second"),
)
"""What is drawn, one panel below the other: an evaluation's field, and its title."""

GAP = 0.09
"""Between two panels, as a part of the figure's height."""

LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.045, "yanchor": "bottom"}
MARGIN = {"l": 56, "r": 24, "t": 72, "b": 48}
"""The legend stands above the first panel's title."""


@dataclass(frozen=True, slots=True)
class TrainingCurve:
    """One trial at its evaluations.

    Attributes:
        number: The trial's number.
        role: "winner" or "baseline".
        steps: Steps at each evaluation.
        fractions: The same as parts of its own schedule.
        values: What is drawn of each evaluation, by the names of ``PANELS``.
    """

    number: int
    role: str
    steps: tuple[int, ...]
    fractions: tuple[float, ...]
    values: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class TrainingCurvesInfo:
    """The winner and the baseline, once they have been evaluated."""

    curves: tuple[TrainingCurve, ...]
    missing: str | None
    note: str | None = None


def training_curves_info(study: StudyRecord) -> TrainingCurvesInfo:
    """Take the evaluations of winner and baseline."""
    chosen = {t.number: t for t in (study.baseline, study.winner) if t is not None}
    found = tuple(
        curve for trial in chosen.values() if (curve := _curve(study, trial)) is not None
    )
    missing = None if found else "Neither a winner nor the baseline has been evaluated yet."
    return TrainingCurvesInfo(found, missing)


def _curve(study: StudyRecord, trial: TrialRecord) -> TrainingCurve | None:
    if not trial.evaluations:
        return None
    total = schedule_steps(trial) or trial.evaluations[-1].step
    steps = tuple(e.step for e in trial.evaluations)
    return TrainingCurve(
        number=trial.number,
        role=role(study, trial),
        steps=steps,
        fractions=tuple(min(1.0, step / total) for step in steps),
        values={name: tuple(getattr(e, name) for e in trial.evaluations) for name, _ in PANELS},
    )


def training_curves_figure(info: TrainingCurvesInfo) -> go.Figure:
    """Draw one panel below the other over the part of the schedule that is done."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    height = (1 - GAP * (len(PANELS) - 1)) / len(PANELS)
    tops = [1 - i * (height + GAP) for i in range(len(PANELS))]
    panels = {
        f"yaxis{i + 1 if i else ''}": {
            **axis("", exponentformat="e"), "domain": [max(0.0, top - height), top],
            "rangemode": "tozero",
        }
        for i, top in enumerate(tops)
    }  # fmt: skip
    titles = [
        {"text": title, "x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper",
         "yanchor": "bottom", "showarrow": False, "font": {"size": 12, "color": FAINT_INK}}
        for (_, title), top in zip(PANELS, tops, strict=True)
    ]  # fmt: skip
    last = f"y{len(PANELS)}"
    return draw(
        [trace for curve in info.curves for trace in _traces(curve)],
        height_px=720,
        x=axis("part of the trial's own schedule", tickformat=".0%", range=[0, 1.02], anchor=last),
        y=panels.pop("yaxis"),
        layout={**panels, "annotations": titles, "legend": LEGEND, "margin": MARGIN},
    )


def _traces(curve: TrainingCurve) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    look = _look(curve)
    return [
        go.Scatter(
            x=curve.fractions,
            y=curve.values[name],
            yaxis=f"y{i + 1 if i else ''}",
            mode="lines+markers",
            name=f"{look.label} (trial {curve.number})",
            showlegend=i == 0,
            line={"color": look.color, "width": 2, "dash": look.dash},
            marker={"size": 5, "color": look.color},
            hovertext=_hovers(curve, name, title),
            hoverinfo="text",
        )
        for i, (name, title) in enumerate(PANELS)
    ]


def _look(curve: TrainingCurve) -> Look:
    return WINNER if curve.role == "winner" else BASELINE


def _hovers(curve: TrainingCurve, name: str, title: str) -> list[str]:
    rows = zip(curve.values[name], curve.steps, curve.fractions, strict=True)
    return [
        f"<b>trial {curve.number}</b> ({curve.role})<br>{title}: {value:.4g}<br>"
        f"step {step:,}, {share(fraction)} of its schedule"
        for value, step, fraction in rows
    ]
