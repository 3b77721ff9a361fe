"""The best configurations trained again with other seeds: means, spreads, paired differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import Confirmation, Retrained, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import BASELINE, FAINT_INK, STATES, WINNER, Look
from autoclue.reporting.statistics import (
    PairedDifference,
    Spread,
    best,
    one_line,
    paired_difference,
    spread,
)
from autoclue.reporting.wording import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One configuration over its seeds.

    Attributes:
        number: The search's trial that has these settings.
        settings: Its searched settings in one line.
        baseline: Whether it is the published default.
        search_score: The score of the search's own trial, measured on the same examples.
        scores: Score by seed, as far as trained.
        spread: Mean, standard deviation and 95 % interval over the seeds.
        failed: With how many seeds it failed.
    """

    number: int
    settings: str
    baseline: bool
    search_score: float | None
    scores: dict[int, float]
    spread: Spread
    failed: int


@dataclass(frozen=True, slots=True)
class ConfirmationInfo:
    """What is left of a search's ranking under other seeds.

    Attributes:
        metric: Name of the score.
        on_holdout: Whether scores are measured on the held-out examples.
        seeds: The common training seeds.
        rows: Every configuration; those trained with most seeds first, by their mean.
        search_winner: Number of the search's own winner, if it is among them.
        winner: Number of the configuration with the best mean, among those with most seeds.
        runner_up: The next one.
        baseline: The published default, if it is among them.
        against_runner_up: Winner minus runner-up over common seeds.
        against_baseline: Winner minus baseline over common seeds; ``None`` where the baseline
            won, or isn't there.
        open: Trainings that are asked for and have not ended.
        missing: Why there is nothing to show, or ``None``.
        note: What to keep in mind, or ``None``.
    """

    metric: str
    on_holdout: bool
    seeds: tuple[int, ...]
    rows: tuple[Confirmed, ...]
    search_winner: int | None
    winner: int | None
    runner_up: int | None
    baseline: int | None
    against_runner_up: PairedDifference | None
    against_baseline: PairedDifference | None
    open: int
    missing: str | None
    note: str | None

    def row(self, number: int | None) -> Confirmed | None:
        """Give a configuration by the number of its trial."""
        return next((row for row in self.rows if row.number == number), None)


NOTHING = (
    "No configuration was trained again with other seeds; --confirm 3 --seeds 5 does so with the "
    "best three and the baseline."
)
NOTE = (
    "The same seeds are used for each configuration, so differences are taken seed by seed "
    "(paired t interval). The winner is the best of several means and is compared as if it had "
    "been named beforehand: with many configurations expect a little less. A seed changes the "
    "head's first weights and dropout, not the order of the data, so that the spread over seeds "
    "leaves the order out."
)


def confirmation_info(study: StudyRecord) -> ConfirmationInfo:
    """Rank the configurations by their mean over the common seeds and compare the first."""
    asked = study.confirmation
    on_holdout = bool(study.settings.get("holdout"))
    if asked is None:
        return ConfirmationInfo(
            study.metric, on_holdout, (), (), None, None, None, None, None, None, 0, NOTHING, None
        )
    rows = _rows(study, asked, on_holdout)
    most = max((row.spread.n for row in rows), default=0)
    ranked = [row for row in rows if most > 0 and row.spread.n == most]
    winner = ranked[0] if ranked else None
    runner_up = ranked[1] if len(ranked) > 1 else None
    baseline = next((row for row in rows if row.baseline), None)
    ended = sum(len(row.scores) + row.failed for row in rows)
    search_winner = None if study.winner is None else study.winner.number
    return ConfirmationInfo(
        metric=study.metric,
        on_holdout=on_holdout,
        seeds=asked.seeds,
        rows=rows,
        search_winner=search_winner if search_winner in asked.candidates else None,
        winner=None if winner is None else winner.number,
        runner_up=None if runner_up is None else runner_up.number,
        baseline=None if baseline is None else baseline.number,
        against_runner_up=_difference(winner, runner_up),
        against_baseline=_difference(winner, baseline),
        open=len(asked.candidates) * len(asked.seeds) - ended,
        missing=None if winner is not None else "No retraining has a score yet.",
        note=None if winner is None else NOTE,
    )


def _rows(study: StudyRecord, asked: Confirmation, on_holdout: bool) -> tuple[Confirmed, ...]:
    by_number = {trial.number: trial for trial in study.trials}
    rows = [
        _row(by_number[number], asked, on_holdout)
        for number in asked.candidates
        if number in by_number
    ]
    return tuple(sorted(rows, key=lambda row: (-row.spread.n, -(row.spread.mean or 0.0))))


def _row(trial: TrialRecord, asked: Confirmation, on_holdout: bool) -> Confirmed:
    runs = [run for run in asked.runs if run.of == trial.number and run.seed in asked.seeds]
    scores = {run.seed: score for run in runs if (score := _final(run, on_holdout)) is not None}
    ordered = {seed: scores[seed] for seed in asked.seeds if seed in scores}
    return Confirmed(
        number=trial.number,
        settings=one_line(trial.params),
        baseline=trial.number == asked.baseline,
        search_score=_score(trial, on_holdout),
        scores=ordered,
        spread=spread(list(ordered.values())),
        failed=sum(run.trial.state is TrialState.FAIL for run in runs),
    )


def _final(run: Retrained, on_holdout: bool) -> float | None:
    complete = run.trial.state is TrialState.COMPLETE
    return _score(run.trial, on_holdout) if complete else None


def _score(trial: TrialRecord, on_holdout: bool) -> float | None:
    found = best(trial)
    if found is None:
        return None
    score = found.holdout_score if on_holdout else found.score
    return score if score is not None and math.isfinite(score) else None


def _difference(first: Confirmed | None, second: Confirmed | None) -> PairedDifference | None:
    if first is None or second is None or first.number == second.number:
        return None
    return paired_difference(first.scores, second.scores)


def confirmation_figure(info: ConfirmationInfo) -> go.Figure:
    """Draw each configuration's scores by seed, and its mean with the 95 % interval."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    shown = [row for row in reversed(info.rows) if row.scores]
    traces = [trace for row in shown for trace in _traces(info, row)]
    measured = "held-out" if info.on_holdout else "development"
    return draw(
        traces,
        height_px=112 + 44 * len(shown),
        x=axis(f"{measured} {info.metric}", ticksuffix="%"),
        y={"showgrid": False, "automargin": True, "ticklen": 0},
        layout={"showlegend": False, "margin": {"l": 150, "r": 24, "t": 36, "b": 48}},
    )


def _traces(info: ConfirmationInfo, row: Confirmed) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    look = _look(info, row)
    name = f"trial {row.number}" + (" (baseline)" if row.baseline else "")
    mean, high = row.spread.mean, row.spread.high
    half = 0.0 if mean is None or high is None else 100 * (high - mean)
    bar = {
        "type": "constant", "value": half, "visible": high is not None,
        "color": FAINT_INK, "thickness": 1.5, "width": 6,
    }  # fmt: skip
    return [
        go.Scatter(
            x=[100 * score for score in row.scores.values()],
            y=[name] * len(row.scores),
            mode="markers",
            marker={
                "symbol": "line-ns-open",
                "size": 14,
                "color": look.color,
                "line": {"width": 2},
            },
            hovertext=[f"seed {seed}: {percent(score)}" for seed, score in row.scores.items()],
            hoverinfo="text",
        ),
        go.Scatter(
            x=[None if mean is None else 100 * mean],
            y=[name],
            error_x=bar,
            mode="markers",
            marker={"symbol": look.symbol, "size": 13, "color": look.color},
            hovertemplate="mean %{x:.2f}%<extra></extra>",
        ),
    ]


def _look(info: ConfirmationInfo, row: Confirmed) -> Look:
    if row.number == info.winner:
        return WINNER
    return BASELINE if row.baseline else STATES[TrialState.COMPLETE.value]
