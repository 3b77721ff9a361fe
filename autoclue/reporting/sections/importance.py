"""Which settings mattered, asked only of scores that cost the same share of their schedule."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import STATES, Axis, study_axes
from autoclue.reporting.statistics import score_at
from autoclue.reporting.wording import label, plural, rung_text, shorten

if TYPE_CHECKING:
    import optuna
    import plotly.graph_objects as go

MIN_TRIALS = 6
"""Fewer scores than this say nothing about several parameters."""
MIN_SHARE = 2 / 3
"""Of the trials that ended, at least so many must have reached the common budget."""
FEW_TRIALS = 20
"""Below this the figure is called a rough guide."""


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """One parameter's share of the differences between scores, in [0, 1]."""

    name: str
    importance: float
    text: str


@dataclass(frozen=True, slots=True)
class ImportanceInfo:
    """Parameter importance at one budget.

    Attributes:
        rows: Most important first; empty when it can't be computed.
        evaluator: The method, or ``None``.
        fraction: Part of each trial's own schedule at which the scores were taken.
        trials: How many trials had a score there.
        constant: Parameters that never changed and are therefore left out.
        missing: Why there is no figure, or ``None``.
        note: How the figure was made and how far to trust it, or ``None``.
    """

    rows: tuple[ImportanceRow, ...]
    evaluator: str | None
    fraction: float | None
    trials: int
    constant: tuple[str, ...]
    missing: str | None
    note: str | None


def importance_info(study: StudyRecord) -> ImportanceInfo:
    """Compute importance at the largest budget that enough trials reached."""
    axes = study_axes(study)
    fraction = common_fraction(study)
    if fraction is None:
        return _nothing(_too_few(study), axes)
    scores = {t.number: s for t in study.trials if (s := score_at(t, fraction)) is not None}
    chosen = [t for t in study.trials if t.number in scores and not _outside(t, study)]
    varying = tuple(axis for axis in axes if _varies(axis, chosen))
    if not varying:
        return _nothing("No searched setting differs between the trials.", axes)
    if len(set(scores.values())) == 1:
        return _nothing("All trials scored the same at the common budget.", axes)
    found, evaluator = _evaluate(chosen, scores, varying)
    rows = tuple(ImportanceRow(n, v, importance_text(v)) for n, v in found.items())
    return ImportanceInfo(
        rows=rows,
        evaluator=evaluator,
        fraction=fraction,
        trials=len(chosen),
        constant=tuple(a.name for a in axes if a not in varying),
        missing=None,
        note=_note(evaluator, fraction, len(chosen), _stopped_before(study, fraction)),
    )


def common_fraction(study: StudyRecord) -> float | None:
    """Find the largest budget that at least six trials, and at least two thirds, reached.

    Candidates are the whole schedule and the rungs. Two thirds are counted over the trials that
    ended complete or stopped; failed trials have no score to compare. The share is high because
    the trials that stopped before say most about which settings hurt.
    """
    ended = sum(t.state in (TrialState.COMPLETE, TrialState.PRUNED) for t in study.trials)
    needed = max(MIN_TRIALS, math.ceil(MIN_SHARE * ended - 1e-9))
    for fraction in sorted({1.0, *study.rungs}, reverse=True):
        if sum(score_at(trial, fraction) is not None for trial in study.trials) >= needed:
            return fraction
    return None


def importance_text(value: float) -> str:
    """Write an importance with two decimals, a tiny one as "<0.01"."""
    return "<0.01" if value < 0.01 else f"{value:.2f}"


def _too_few(study: StudyRecord) -> str:
    scored = sum(bool(t.evaluations) and t.state is not TrialState.FAIL for t in study.trials)
    return (
        f"Not enough trials: {plural(scored, 'trial')} with a score, and at least {MIN_TRIALS} "
        "must have reached the same part of their schedules."
    )


def _nothing(reason: str, axes: tuple[Axis, ...]) -> ImportanceInfo:
    constant = tuple(axis.name for axis in axes if not axis.varies)
    return ImportanceInfo((), None, None, 0, constant, reason, None)


def _stopped_before(study: StudyRecord, fraction: float) -> int:
    return sum(
        t.state is TrialState.PRUNED and score_at(t, fraction) is None for t in study.trials
    )


def _outside(trial: TrialRecord, study: StudyRecord) -> bool:
    """Return whether this is a baseline that the search space doesn't hold.

    A setting of it is then not recorded, and it says nothing about the settings inside.
    """
    others = {name for t in study.trials if not t.baseline for name in t.params}
    return trial.baseline and not others <= set(trial.params)


def _varies(axis: Axis, trials: list[TrialRecord]) -> bool:
    return len({repr(t.params[axis.name]) for t in trials if axis.name in t.params}) > 1


def _note(evaluator: str, fraction: float, trials: int, stopped: int) -> str:
    budget = "the end" if fraction == 1 else rung_text(fraction)
    said = (
        f"{evaluator} on {plural(trials, 'trial')}, each with its best score up to {budget} of "
        "its own schedule."
    )
    if stopped:
        said += (
            f" Not counted: {plural(stopped, 'trial')} stopped before that point; the settings "
            "that got them stopped matter more than they seem to here."
        )
    caution = " With so few trials this is a rough guide, not a finding."
    return said + (caution if trials < FEW_TRIALS else "")


def _evaluate(
    trials: list[TrialRecord], scores: dict[int, float], axes: tuple[Axis, ...]
) -> tuple[dict[str, float], str]:
    """Rebuild the trials as complete ones of an in-memory study and ask Optuna's evaluator.

    fANOVA (Hutter et al., 2014) explains the spread of scores by a random forest. It needs
    scikit-learn and parameters that every trial has; otherwise PED-ANOVA (Watanabe et al., 2023,
    arXiv 2304.10255) compares the best trials with all of them. Its quantile is widened so that
    at least five trials count as the best, as its documentation advises.
    """
    import optuna
    from optuna.importance import (
        BaseImportanceEvaluator,
        FanovaImportanceEvaluator,
        PedAnovaImportanceEvaluator,
        get_param_importances,
    )

    with _quiet_optuna():
        study = optuna.create_study(direction="maximize")
        study.add_trials([_frozen(t, scores[t.number], axes) for t in trials])
    evaluator: BaseImportanceEvaluator
    names = [axis.name for axis in axes]
    if _has_sklearn() and all(a.name in t.params for a in axes for t in trials):
        evaluator, name = FanovaImportanceEvaluator(seed=0), "fANOVA"
    else:
        quantile = min(0.5, max(0.1, 5 / len(trials)))
        evaluator, name = PedAnovaImportanceEvaluator(target_quantile=quantile), "PED-ANOVA"
    with _quiet_optuna():
        return get_param_importances(study, evaluator=evaluator, params=names), name


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Keep Optuna quiet about a study that exists only here; the page has its own caveats."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


def _has_sklearn() -> bool:
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def _frozen(trial: TrialRecord, score: float, axes: tuple[Axis, ...]) -> optuna.trial.FrozenTrial:
    import optuna

    held = [axis for axis in axes if axis.name in trial.params]
    return optuna.trial.create_trial(
        params={axis.name: trial.params[axis.name] for axis in held},
        distributions={axis.name: _distribution(axis) for axis in held},
        value=score,
    )


def _distribution(axis: Axis) -> optuna.distributions.BaseDistribution:
    from optuna import distributions as d

    if axis.choices:
        return d.CategoricalDistribution(axis.choices)
    if axis.integer:
        return d.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return d.FloatDistribution(axis.low, axis.high, log=axis.log)


def importance_figure(info: ImportanceInfo) -> go.Figure:
    """Draw one bar a parameter, the most important at the top."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty, go

    if info.missing is not None:
        return empty(info.missing)
    rows = info.rows[::-1]
    bars = go.Bar(
        x=[row.importance for row in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": STATES["COMPLETE"].color},
        text=[row.text for row in rows],
        textposition="outside",
        cliponaxis=False,
        hovertext=[f"{label(row.name)}: {row.text}" for row in rows],
        hoverinfo="text",
    )
    top = max(row.importance for row in rows)
    return draw(
        [bars],
        height_px=114 + 34 * len(rows),
        x=axis("share of the differences between scores", range=[0, 1.12 * top]),
        y={
            "automargin": True, "showgrid": False, "ticklen": 6, "tickcolor": "#ffffff",
            "tickvals": list(range(len(rows))),
            "ticktext": [label(shorten(row.name, 36)) for row in rows],
        },
        layout={
            "showlegend": False, "bargap": 0.35, "margin": {"l": 24, "r": 24, "t": 36, "b": 48},
        },
    )  # fmt: skip
