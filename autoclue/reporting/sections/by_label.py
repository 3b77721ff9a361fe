"""The winner label by label: what it tells well, and what it takes for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord
from autoclue.reporting.drawing import BASELINE, FAINT_INK, INK, STATES, WINNER, Look
from autoclue.reporting.statistics import (
    Confusion,
    LabelScore,
    confusion_matrix,
    confusions,
    label_scores,
)
from autoclue.reporting.wording import label, plural, shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_IN_MATRIX = 20
"""With more labels the matrix is left out, and the worst labels are drawn alone."""
MOST_DRAWN = 30
MOST_CONFUSED = 15
LABEL_WIDTH = 18
MATRIX_END = 0.56
"""Where the matrix ends and the scores begin, as a part of the width."""
GAP = 0.07
SCORES = (
    ("precision", Look("precision", STATES["COMPLETE"].color, "triangle-right", "solid")),
    ("recall", Look("recall", STATES["PRUNED"].color, "triangle-left", "solid")),
    ("f1", Look("F1", WINNER.color, BASELINE.symbol, "solid")),
)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label with its scores, in [0, 1].

    Attributes:
        label: The label.
        examples: How many examples have it.
        predicted: How many got it.
        right: How many of those have it.
        precision: The share of those that got it; ``None`` where none did.
        recall: The share of those that have it; ``None`` where none has it.
        f1: Their harmonic mean; ``None`` where no example has it or got it.
    """

    label: str
    examples: int
    predicted: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class ByLabelInfo:
    """What the winner answers to the development set, by label.

    Attributes:
        number: The winner's number; ``None`` where nothing has been counted.
        examples: How many were answered.
        rows: The labels, in the order of the task.
        matrix: How many examples of each right label (rows) got each label (columns); empty where
            there are many labels, or an example may have several.
        confused: The most frequent mistakes.
        missing: Why there is nothing to show, or ``None``.
        note: How to read the numbers, or ``None``.
    """

    number: int | None
    examples: int
    rows: tuple[LabelRow, ...]
    matrix: tuple[tuple[int, ...], ...]
    confused: tuple[Confusion, ...]
    missing: str | None
    note: str | None


def by_label_info(study: StudyRecord) -> ByLabelInfo:
    """Score every label of the winner's answers."""
    winner = study.winner
    counts = None if winner is None else winner.label_counts
    if winner is None or counts is None:
        return ByLabelInfo(None, 0, (), (), (), _missing(study), None)
    drawn = bool(counts.confused) and len(counts.labels) <= MOST_IN_MATRIX
    return ByLabelInfo(
        number=winner.number,
        examples=counts.examples,
        rows=tuple(_row(score) for score in label_scores(counts)),
        matrix=confusion_matrix(counts) if drawn else (),
        confused=confusions(counts)[:MOST_CONFUSED],
        missing=None,
        note=_note(study, counts.examples, len(counts.labels)),
    )


def _missing(study: StudyRecord) -> str:
    if study.label_problem is not None:
        return study.label_problem
    return (
        "Nothing has been counted by label. A search does so at its end, with the winner's model, "
        "where the task has labels."
    )


def _note(study: StudyRecord, examples: int, labels: int) -> str:
    held = ", those that were held out too" if study.settings.get("holdout") else ""
    said = (
        f"Counted over all {plural(examples, 'development example')}{held}. They chose the "
        "winner, so expect a little less on new text; a label with few examples has an uncertain "
        "score."
    )
    if labels <= MOST_DRAWN:
        return said
    return f"{said} The {MOST_DRAWN} labels with the lowest F1 are drawn; the table has all."


def _row(score: LabelScore) -> LabelRow:
    return LabelRow(
        label=score.label,
        examples=score.examples,
        predicted=score.predicted,
        right=score.right,
        precision=score.precision,
        recall=score.recall,
        f1=score.f1,
    )


def by_label_figure(info: ByLabelInfo) -> go.Figure:
    """Draw the confusion matrix where it fits, and precision, recall and F1 of each label."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    rows = _drawn(info)
    names = [label(shorten(row.label, LABEL_WIDTH)) for row in rows]
    start = MATRIX_END + GAP if info.matrix else 0.0
    ticks = {"tickvals": list(range(len(rows))), "ticktext": names}
    scores = axis("", **_percent(start))
    return draw(
        [*(_cells(info) if info.matrix else ()), *_dots(rows, "x2" if info.matrix else "x")],
        height_px=180 + 30 * len(rows),
        x=_across(info, ticks) if info.matrix else scores,
        y={
            "automargin": True, "showgrid": False, "ticklen": 6, "tickcolor": "#ffffff",
            "zeroline": False, "range": [len(rows) - 0.5, -0.5], **ticks,
        },
        layout={
            **({"xaxis2": scores, **_squares(info)} if info.matrix else {}),
            "margin": {"l": 24, "r": 24, "t": 64, "b": 72},
            "legend": {
                "orientation": "h", "x": start, "xanchor": "left", "y": 1.01, "yanchor": "bottom",
            },
        },
    )  # fmt: skip


def _drawn(info: ByLabelInfo) -> list[LabelRow]:
    """Choose the labels that are drawn: all, or those with the lowest F1 that have examples."""
    if len(info.rows) <= MOST_DRAWN:
        return list(info.rows)
    known = [row for row in info.rows if row.f1 is not None]
    return sorted(known, key=lambda row: row.f1 or 0.0)[:MOST_DRAWN]


def _percent(start: float) -> dict[str, object]:
    return {"domain": [start, 1], "range": [-0.03, 1.03], "tickformat": ".0%"}


def _across(info: ByLabelInfo, ticks: dict[str, object]) -> dict[str, object]:
    """Return the axis of the predicted labels."""
    from autoclue.reporting.drawing.plotly_adapter import axis

    size = len(info.rows)
    return axis("", domain=[0, MATRIX_END], range=[-0.5, size - 0.5], showgrid=False, **ticks)


def _squares(info: ByLabelInfo) -> dict[str, object]:
    """Draw a square for each cell of the matrix, the stronger the more of its row."""
    squares = [
        {"type": "rect", "x0": b - 0.48, "x1": b + 0.48, "y0": a - 0.48, "y1": a + 0.48,
         "line": {"width": 0}, "layer": "below", "opacity": round(0.08 + 0.77 * part, 3),
         "fillcolor": STATES["COMPLETE" if a == b else "PRUNED"].color}
        for a, row in enumerate(info.matrix)
        for b, part in enumerate(_parts(row))
    ]  # fmt: skip
    heads = {
        "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom",
        "showarrow": False, "text": "right label down, predicted label across",
        "font": {"size": 11, "color": FAINT_INK},
    }  # fmt: skip
    return {"shapes": squares, "annotations": [heads]}


def _parts(row: tuple[int, ...]) -> list[float]:
    return [count / max(1, sum(row)) for count in row]


def _cells(info: ByLabelInfo) -> list[object]:
    """Write the numbers of the matrix into its squares."""
    from autoclue.reporting.drawing.plotly_adapter import go

    size = len(info.matrix)
    places = [(a, b) for a in range(size) for b in range(size)]
    return [
        go.Scatter(
            x=[b for _, b in places],
            y=[a for a, _ in places],
            mode="text",
            text=[f"{info.matrix[a][b]:,}" if info.matrix[a][b] else "" for a, b in places],
            textfont={"size": 12 if size <= 10 else 9, "color": INK},
            hovertext=[_cell_hover(info, a, b) for a, b in places],
            hoverinfo="text",
            showlegend=False,
        )
    ]


def _cell_hover(info: ByLabelInfo, right: int, given: int) -> str:
    row = info.matrix[right]
    part = f", {row[given] / sum(row):.0%} of them" if sum(row) else ""
    name, other = label(info.rows[right].label), label(info.rows[given].label)
    return f"<b>{name}</b> answered as <b>{other}</b><br>{row[given]:,}{part}"


def _dots(rows: list[LabelRow], xaxis: str) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    return [
        go.Scatter(
            x=[getattr(row, name) for row in rows],
            y=list(range(len(rows))),
            xaxis=xaxis,
            mode="markers",
            name=look.label,
            marker={"symbol": look.symbol, "size": 10, "color": look.color},
            hovertext=[_hover(row) for row in rows],
            hoverinfo="text",
        )
        for name, look in SCORES
    ]


def _hover(row: LabelRow) -> str:
    told = [f"{look.label} {_text(getattr(row, name))}" for name, look in SCORES]
    return (
        f"<b>{label(row.label)}</b><br>{'<br>'.join(told)}<br>{plural(row.examples, 'example')}, "
        f"{row.predicted:,} predicted"
    )


def _text(score: float | None) -> str:
    return "none" if score is None else f"{score:.1%}"
