"""The best configurations trained again with other seeds: means, spreads, paired differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import Confirmation, ConfirmationTrial, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import BASELINE, FAINT_INK, STATES, WINNER, Look
from autoclue.reporting.statistics import (
    PairedDifference,
    Spread,
    paired_difference,
    settings_line,
    spread,
)
from autoclue.reporting.wording import BINOMIAL, MetricScale, scale_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """One configuration over its seeds.

    Attributes:
        number: The search's trial that has these settings.
        settings: Its searched settings in one line.
        baseline: Whether it is the baseline.
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
        metric: How scores are written.
        on_holdout: Whether scores are measured on the held-out examples.
        seeds: The common training seeds.
        rows: Every configuration; those trained with most seeds first, by their mean.
        search_winner: Number of the search's own winner, if it is among them.
        winner: Number of the configuration with the best mean, among those with most seeds.
        runner_up: The next one.
        baseline: The baseline, if it is among them.
        against_runner_up: Winner minus runner-up over common seeds.
        against_baseline: Winner minus baseline over common seeds; ``None`` where the baseline
            won, or isn't there.
        open: Trainings that were requested and have not ended.
        missing: Why there is nothing to show, or ``None``.
        note: What to keep in mind, or ``None``.
    """

    metric: MetricScale
    on_holdout: bool
    seeds: tuple[int, ...]
    rows: tuple[ConfirmationRow, ...]
    search_winner: int | None
    winner: int | None
    runner_up: int | None
    baseline: int | None
    against_runner_up: PairedDifference | None
    against_baseline: PairedDifference | None
    open: int
    missing: str | None
    note: str | None

    def row(self, number: int | None) -> ConfirmationRow | None:
        """Return a configuration by the number of its trial."""
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
    confirmed, scale = study.confirmation, scale_of(study)
    on_holdout = bool(study.settings.get("holdout"))
    if confirmed is None:
        return ConfirmationInfo(
            scale, on_holdout, (), (), None, None, None, None, None, None, 0, NOTHING, None
        )
    rows = _rows(study, confirmed, on_holdout)
    most = max((row.spread.n for row in rows), default=0)
    ranked = [row for row in rows if most > 0 and row.spread.n == most]
    winner = ranked[0] if ranked else None
    runner_up = ranked[1] if len(ranked) > 1 else None
    baseline = next((row for row in rows if row.baseline), None)
    ended = sum(len(row.scores) + row.failed for row in rows)
    search_winner = None if study.winner is None else study.winner.number
    return ConfirmationInfo(
        metric=scale,
        on_holdout=on_holdout,
        seeds=confirmed.seeds,
        rows=rows,
        search_winner=search_winner if search_winner in confirmed.candidates else None,
        winner=None if winner is None else winner.number,
        runner_up=None if runner_up is None else runner_up.number,
        baseline=None if baseline is None else baseline.number,
        against_runner_up=_difference(winner, runner_up),
        against_baseline=_difference(winner, baseline),
        open=len(confirmed.candidates) * len(confirmed.seeds) - ended,
        missing=None if winner is not None else "No confirmation run has a score yet.",
        note=None if winner is None else NOTE,
    )


def _rows(
    study: StudyRecord, confirmed: Confirmation, on_holdout: bool
) -> tuple[ConfirmationRow, ...]:
    by_number = {trial.number: trial for trial in study.trials}
    rows = [
        _row(study, by_number[number], confirmed, on_holdout)
        for number in confirmed.candidates
        if number in by_number
    ]
    return tuple(sorted(rows, key=_order, reverse=True))


def _order(row: ConfirmationRow) -> tuple[int, float]:
    mean = row.spread.mean
    return row.spread.n, -math.inf if mean is None else mean


def _bounds(study: StudyRecord) -> tuple[float, float] | None:
    return (0.0, 1.0) if scale_of(study).interval == BINOMIAL else None


def _row(
    study: StudyRecord, trial: TrialRecord, confirmed: Confirmation, on_holdout: bool
) -> ConfirmationRow:
    runs = [
        run for run in confirmed.runs if run.of == trial.number and run.seed in confirmed.seeds
    ]
    scores = {run.seed: score for run in runs if (score := _final(run, on_holdout)) is not None}
    ordered = {seed: scores[seed] for seed in confirmed.seeds if seed in scores}
    return ConfirmationRow(
        number=trial.number,
        settings=settings_line(study, trial),
        baseline=trial.number == confirmed.baseline,
        search_score=_score(trial, on_holdout),
        scores=ordered,
        spread=spread(list(ordered.values()), bounds=_bounds(study)),
        failed=sum(run.trial.state is TrialState.FAIL for run in runs),
    )


def _final(run: ConfirmationTrial, on_holdout: bool) -> float | None:
    complete = run.trial.state is TrialState.COMPLETE
    return _score(run.trial, on_holdout) if complete else None


def _score(trial: TrialRecord, on_holdout: bool) -> float | None:
    found = trial.best
    if found is None:
        return None
    return found.holdout_score if on_holdout else found.score


def _difference(
    first: ConfirmationRow | None, second: ConfirmationRow | None
) -> PairedDifference | None:
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
        x=axis(f"{measured} {info.metric.name}", ticksuffix=info.metric.unit),
        y={"showgrid": False, "automargin": True, "ticklen": 0},
        layout={"showlegend": False, "margin": {"l": 150, "r": 24, "t": 36, "b": 48}},
    )


def _traces(info: ConfirmationInfo, row: ConfirmationRow) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    look = _look(info, row)
    name = f"trial {row.number}" + (" (baseline)" if row.baseline else "")
    scale, mean = info.metric, row.spread.mean
    return [
        go.Scatter(
            x=[scale.drawn(score) for score in row.scores.values()],
            y=[name] * len(row.scores),
            mode="markers",
            marker={
                "symbol": "line-ns-open",
                "size": 14,
                "color": look.color,
                "line": {"width": 2},
            },
            hovertext=[f"seed {seed}: {scale.text(score)}" for seed, score in row.scores.items()],
            hoverinfo="text",
        ),
        go.Scatter(
            x=[None if mean is None else scale.drawn(mean)],
            y=[name],
            error_x=_interval_bar(scale, row.spread),
            mode="markers",
            marker={"symbol": look.symbol, "size": 13, "color": look.color},
            hovertext=["" if mean is None else f"mean {scale.text(mean)}"],
            hoverinfo="text",
        ),
    ]


def _interval_bar(scale: MetricScale, seeds: Spread) -> dict[str, object]:
    if seeds.mean is None or seeds.low is None or seeds.high is None:
        return {"visible": False}
    return {
        "type": "data", "color": FAINT_INK, "thickness": 1.5, "width": 6,
        "array": [scale.drawn(seeds.high - seeds.mean)],
        "arrayminus": [scale.drawn(seeds.mean - seeds.low)],
    }  # fmt: skip


def _look(info: ConfirmationInfo, row: ConfirmationRow) -> Look:
    if row.number == info.winner:
        return WINNER
    return BASELINE if row.baseline else STATES[TrialState.COMPLETE.value]
