"""The learning rate of every layer of the winner, against the baseline's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import LayerRate, StudyRecord, TrialRecord
from autoclue.reporting.drawing import BASELINE, FAINT_INK, PALE_WINNER, WINNER
from autoclue.reporting.statistics import setting
from autoclue.reporting.wording import label, value_text

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class LayerBar:
    """One depth of the network.

    Attributes:
        depth: 0 = embeddings, 1..L = encoder layers, L+1 = pooler and head.
        label: The depth in words.
        low: The winner's smallest learning rate within the depth.
        high: The winner's largest learning rate within the depth.
        trains: Whether the winner trains any parameter of the depth.
        parameters: Number of scalars at this depth.
        baseline: The baseline's largest learning rate within the depth, if known.
    """

    depth: int
    label: str
    low: float
    high: float
    trains: bool
    parameters: int
    baseline: float | None


@dataclass(frozen=True, slots=True)
class LayerRatesInfo:
    """The winner's rates from the embeddings to the head.

    Attributes:
        bars: In order of depth.
        base_rate: The winner's base learning rate, which the figures include; ``None`` when the
            ledger does not hold it, and the figures are multiples of it instead.
        missing: Why there is no figure, or ``None``.
        note: What to know about frozen layers, or ``None``.
    """

    bars: tuple[LayerBar, ...]
    base_rate: float | None
    missing: str | None
    note: str | None


def layer_rates_info(study: StudyRecord) -> LayerRatesInfo:
    """Multiply the winner's scales with its base rate and put the baseline's beside them."""
    winner = study.winner
    if winner is None:
        return LayerRatesInfo((), None, "No trial is complete yet.", None)
    if not winner.layer_rates:
        return LayerRatesInfo((), None, "The winner did not record its rates by layer.", None)
    base = _base_rate(winner)
    others = _baseline_rates(study, relative=base is None)
    bars = tuple(
        _bar(rate, 1.0 if base is None else base, others.get(rate.depth))
        for rate in sorted(winner.layer_rates, key=lambda rate: rate.depth)
    )
    return LayerRatesInfo(bars, base, None, _note(bars))


def _bar(rate: LayerRate, base: float, baseline: float | None) -> LayerBar:
    return LayerBar(
        depth=rate.depth,
        label=rate.label,
        low=rate.lr_scale_low * base if rate.trains else 0.0,
        high=rate.lr_scale_high * base if rate.trains else 0.0,
        trains=rate.trains,
        parameters=rate.parameters,
        baseline=baseline,
    )


def _base_rate(trial: TrialRecord) -> float | None:
    found = setting(trial, "learning_rate")
    usable = isinstance(found, (int, float)) and not isinstance(found, bool)
    return float(found) if usable and math.isfinite(found) else None  # type: ignore[arg-type]


def _baseline_rates(study: StudyRecord, *, relative: bool) -> dict[int, float]:
    """Return the baseline's rate by depth; without recorded layers it is its uniform rate."""
    baseline = study.baseline
    base = None if baseline is None else _base_rate(baseline)
    winner = study.winner
    if baseline is None or base is None or relative or winner is None or winner.baseline:
        return {}
    if not baseline.layer_rates:
        return {rate.depth: base for rate in winner.layer_rates}
    return {r.depth: r.lr_scale_high * base if r.trains else 0.0 for r in baseline.layer_rates}


def _note(bars: tuple[LayerBar, ...]) -> str | None:
    frozen = [bar for bar in bars if not bar.trains]
    if not frozen:
        return None
    total = sum(bar.parameters for bar in bars)
    part = sum(bar.parameters for bar in frozen)
    held = f", {100 * part / total:.0f}% of the parameters" if total else ""
    return f"{len(frozen)} of {len(bars)} depths are frozen and do not train{held}."


def layer_rates_figure(info: LayerRatesInfo) -> go.Figure:
    """Draw one bar a depth, embeddings at the bottom; frozen ones are named and have no bar."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    rates = [rate for bar in info.bars for rate in (bar.high, bar.baseline) if rate is not None]
    top = max(rates) if max(rates) > 0 else 1.0
    title = "learning rate" if info.base_rate is not None else "multiple of the base rate"
    names = [label(bar.label) for bar in info.bars]
    return draw(
        [*_rate_bars(info), *_frozen_names(info), *_baseline_marks(info)],
        height_px=130 + 24 * len(info.bars),
        x=axis(title, range=[0, 1.06 * top], exponentformat="e", showexponent="all"),
        y={"automargin": True, "showgrid": False, "tickvals": list(range(len(names))),
           "ticklen": 6, "tickcolor": "#ffffff", "zeroline": False,
           "ticktext": names, "range": [-0.7, len(names) - 0.3]},
        layout={"barmode": "overlay", "bargap": 0.3},
    )  # fmt: skip


def _rate_bars(info: LayerRatesInfo) -> list[object]:
    """Draw the smallest rate solid and, where a layer holds several, the largest pale."""
    rows = [(i, bar) for i, bar in enumerate(info.bars) if bar.trains]
    spread = [(i, bar) for i, bar in rows if bar.high > bar.low * (1 + 1e-9)]
    traces = []
    if spread:
        highs = [bar.high for _, bar in spread]
        traces.append(_bars(spread, highs, "winner, largest rate", PALE_WINNER))
    if rows:
        name = "winner, smallest rate" if spread else "winner"
        traces.append(_bars(rows, [bar.low for _, bar in rows], name, WINNER.color))
    return traces


def _bars(rows: list[tuple[int, LayerBar]], lengths: list[float], name: str, color: str) -> object:
    from autoclue.reporting.drawing.plotly_adapter import go

    return go.Bar(
        x=lengths,
        y=[i for i, _ in rows],
        orientation="h",
        name=name,
        marker={"color": color},
        hovertext=[_hover(bar) for _, bar in rows],
        hoverinfo="text",
    )


def _frozen_names(info: LayerRatesInfo) -> list[object]:
    """Write "frozen" where a bar would begin: a rate of 0 has no length."""
    from autoclue.reporting.drawing.plotly_adapter import go

    rows = [(i, bar) for i, bar in enumerate(info.bars) if not bar.trains]
    if not rows:
        return []
    return [
        go.Scatter(
            x=[0.0] * len(rows),
            y=[i for i, _ in rows],
            mode="text",
            text=["  frozen (rate 0)"] * len(rows),
            textposition="middle right",
            textfont={"size": 11, "color": FAINT_INK},
            name="frozen (rate 0)",
            showlegend=False,
            hovertext=[_hover(bar) for _, bar in rows],
            hoverinfo="text",
        )
    ]


def _baseline_marks(info: LayerRatesInfo) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    rows = [(i, bar.baseline) for i, bar in enumerate(info.bars) if bar.baseline is not None]
    if not rows:
        return []
    return [
        go.Scatter(
            x=[rate for _, rate in rows],
            y=[i for i, _ in rows],
            mode="lines+markers",
            name="baseline",
            line={"color": BASELINE.color, "dash": BASELINE.dash, "width": 1.5},
            marker={"symbol": BASELINE.symbol, "size": 5, "color": BASELINE.color},
            hovertext=[f"baseline: {value_text(rate)}" for _, rate in rows],
            hoverinfo="text",
        )
    ]


def _hover(bar: LayerBar) -> str:
    same = math.isclose(bar.low, bar.high)
    span = value_text(bar.high) if same else f"{value_text(bar.low)} to {value_text(bar.high)}"
    rate = span if bar.trains else "frozen"
    return f"<b>{label(bar.label)}</b>: {rate}<br>{bar.parameters:,} parameters"
