"""The winner against the baseline: scores with standard errors, settings, cost and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autoclue.records import Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import BASELINE, FAINT_INK, STATES, WINNER, Look
from autoclue.reporting.sections.confirmation import ConfirmationInfo, confirmation_info
from autoclue.reporting.sections.holdout import HoldoutInfo, holdout_info
from autoclue.reporting.sections.populations import PopulationInfo, population_info
from autoclue.reporting.sections.test_scores import ScoresOnTestInfo, scores_on_test_info
from autoclue.reporting.statistics import (
    counts,
    dev_examples,
    distinguishable,
    error_of_difference,
    own_seconds,
    own_steps,
    schedule_steps,
    score_interval,
    searched,
    setting,
    settings,
    standard_error,
    steps_done,
)
from autoclue.reporting.wording import MetricScale, scale_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Contender:
    """The winner or the baseline.

    Attributes:
        number: The trial's number.
        state: Where it stands.
        score: Its best score over all evaluations so far, in [0, 1].
        standard_error: Standard error of that score, where the metric has one and the number of
            development examples is known.
        interval: The 95 % interval of that score (Wilson's for an accuracy), likewise.
        best_step: The step at which the best score was measured.
        steps: Steps done.
        total_steps: Length of its schedule in steps, once known.
        seconds: Seconds of training and evaluation.
        scores: All scores of the metric at that step, by name.
    """

    number: int
    state: str
    score: float
    standard_error: float | None
    interval: tuple[float, float] | None
    best_step: int
    steps: int
    total_steps: float | None
    seconds: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting of the winner and of the baseline, side by side."""

    name: str
    winner: Scalar
    baseline: Scalar
    differs: bool


@dataclass(frozen=True, slots=True)
class SummaryInfo:
    """The numbers behind the verdict.

    Attributes:
        metric: How scores are written.
        counts: Trials by state.
        winner: The complete trial with the highest score.
        baseline: The trial of the baseline, once it has a score.
        baseline_state: Where the baseline stands, or ``None`` when the study has none.
        baseline_source: Which default configuration it is, in words; ``None`` where the study
            doesn't say.
        chance_score: The score of always guessing the most frequent class, if known.
        difference: Winner minus baseline, in [-1, 1]; only between two complete trials, so
            ``None`` too when the baseline is the winner.
        difference_standard_error: Standard error of the difference of two independent scores.
            The two are measured on the same examples, so the true one is usually smaller.
        distinguishable: Whether the difference is at least two standard errors; ``None``
            when that can't be computed.
        seeds: How many training seeds the winner's settings were run with.
        dev_examples: Examples that the scores are measured on, if the study says it: the
            development set, without what is held out.
        holdout: The same comparison on the examples that chose nothing, which is what the
            verdict goes by; ``None`` where none are held out.
        confirmation: The best configurations under other seeds; ``None`` where that was not asked
            for.
        test_score: The same comparison on the test part; ``None`` where nothing was tried there.
        settings: The searched settings, and whatever else differs between the two.
        population: Who went on from whom, and the recipe against the best constant member;
            ``None`` where there is no such population.
        complete_scores: Scores of all complete trials, in order of their number.
        steps: Steps done by all trials.
        scheduled_steps: Steps that the schedules of the trials that ended add up to.
        ended_steps: Steps done by those trials.
        seconds: Seconds of training and evaluation over all trials.
        missing: Why there is no figure, or ``None``.
    """

    metric: MetricScale
    counts: dict[str, int]
    winner: Contender | None
    baseline: Contender | None
    baseline_state: str | None
    difference: float | None
    difference_standard_error: float | None
    distinguishable: bool | None
    seeds: int
    dev_examples: int | None
    settings: tuple[SettingRow, ...]
    complete_scores: tuple[float, ...]
    steps: int
    scheduled_steps: int
    ended_steps: int
    seconds: float
    missing: str | None
    note: str | None = None
    holdout: HoldoutInfo | None = None
    confirmation: ConfirmationInfo | None = None
    test_score: ScoresOnTestInfo | None = None
    baseline_source: str | None = None
    chance_score: float | None = None
    population: PopulationInfo | None = None


def summary_info(study: StudyRecord) -> SummaryInfo:
    """Compare the winner with the baseline."""
    scale, (examples, _) = scale_of(study), dev_examples(study)
    winner = _contender(study.winner, scale, examples)
    baseline = _contender(study.baseline, scale, examples)
    state = None if study.baseline is None else study.baseline.state.value
    rival = baseline if state == TrialState.COMPLETE.value else None
    difference, error = _difference(winner, rival)
    ended = [t for t in study.trials if t.state is not TrialState.RUNNING]
    return SummaryInfo(
        metric=scale,
        counts=counts(study),
        winner=winner,
        baseline=baseline,
        baseline_state=state,
        baseline_source=study.baseline_source,
        chance_score=study.chance_score,
        difference=difference,
        difference_standard_error=error,
        distinguishable=distinguishable(difference, error),
        seeds=_seeds(study),
        dev_examples=examples,
        settings=_settings(study),
        complete_scores=_complete_scores(study),
        steps=sum(own_steps(t) for t in study.trials),
        scheduled_steps=_scheduled(ended),
        ended_steps=sum(own_steps(t) for t in ended if schedule_steps(t) is not None),
        seconds=sum(own_seconds(t) for t in study.trials),
        missing=None if winner is not None else "No trial is complete yet.",
        holdout=holdout_info(study) if study.settings.get("holdout") else None,
        confirmation=None if study.confirmation is None else confirmation_info(study),
        test_score=_test_score(study),
        population=population_info(study) if study.constant_member is not None else None,
    )


def _scheduled(ended: Sequence[TrialRecord]) -> int:
    """Sum the schedules of trials; a part of one counts as what it did."""
    found = (
        own_steps(t) if t.segment is not None else schedule_steps(t)
        for t in ended
        if schedule_steps(t) is not None
    )
    return round(sum(steps for steps in found if steps is not None))


def _test_score(study: StudyRecord) -> ScoresOnTestInfo | None:
    info = scores_on_test_info(study)
    return None if info.winner is None and info.problem is None else info


def _contender(
    trial: TrialRecord | None, scale: MetricScale, examples: int | None
) -> Contender | None:
    found = None if trial is None else trial.best
    if trial is None or found is None:
        return None
    return Contender(
        number=trial.number,
        state=trial.state.value,
        score=found.score,
        standard_error=standard_error(scale, found.score, examples),
        interval=score_interval(scale, found.score, examples),
        best_step=found.step,
        steps=steps_done(trial),
        total_steps=schedule_steps(trial),
        seconds=trial.seconds,
        scores=dict(found.scores),
    )


def _difference(
    winner: Contender | None, baseline: Contender | None
) -> tuple[float | None, float | None]:
    if winner is None or baseline is None or winner.number == baseline.number:
        return None, None
    error = error_of_difference(winner.standard_error, baseline.standard_error)
    return winner.score - baseline.score, error


def _seeds(study: StudyRecord) -> int:
    winner = study.winner
    if winner is None:
        return 0
    same = [
        t
        for t in study.trials
        if t.state is TrialState.COMPLETE and dict(t.params) == dict(winner.params)
    ]
    return len({repr(t.config.get("seed")) for t in same})


def _settings(study: StudyRecord) -> tuple[SettingRow, ...]:
    winner, baseline = study.winner, study.baseline
    if winner is None:
        return ()
    other = winner if baseline is None else baseline
    names = searched(study)
    names += [n for n in {**settings(winner), **settings(other)} if n not in names]
    rows = [_row(name, winner, other) for name in names]
    kept = set(searched(study))
    return tuple(row for row in rows if row.name in kept or row.differs)


def _row(name: str, winner: TrialRecord, baseline: TrialRecord) -> SettingRow:
    here, there = setting(winner, name), setting(baseline, name)
    return SettingRow(name, _scalar(here), _scalar(there), here != there)


def _scalar(value: object) -> Scalar:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _complete_scores(study: StudyRecord) -> tuple[float, ...]:
    complete = (t.best_score for t in study.complete)
    return tuple(score for score in complete if score is not None)


def summary_figure(info: SummaryInfo) -> go.Figure:
    """Draw all complete scores as a strip, winner and baseline with their 95 % intervals."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.winner is None:
        return empty(str(info.missing))
    rows: list[object] = [_strip(info)]
    if info.baseline is not None and info.difference is not None:
        rows.append(_whisker(info, info.baseline, BASELINE))
    rows.append(_whisker(info, info.winner, WINNER))
    return draw(
        rows,
        height_px=112 + 44 * len(rows),
        x=axis(f"development {info.metric.name}", ticksuffix=info.metric.unit),
        y={"showgrid": False, "automargin": True, "ticklen": 0},
        layout={"showlegend": False, "margin": {"l": 150, "r": 24, "t": 36, "b": 48}},
    )


def _strip(info: SummaryInfo) -> object:
    from autoclue.reporting.drawing.plotly_adapter import go

    return go.Scatter(
        x=[info.metric.drawn(score) for score in info.complete_scores],
        y=["all complete trials"] * len(info.complete_scores),
        mode="markers",
        marker={
            "symbol": "line-ns-open", "size": 14, "line": {"width": 2},
            "color": STATES["COMPLETE"].color, "opacity": 0.7,
        },
        hovertext=[info.metric.text(score) for score in info.complete_scores],
        hoverinfo="text",
    )  # fmt: skip


def _whisker(info: SummaryInfo, contender: Contender, look: Look) -> object:
    from autoclue.reporting.drawing.plotly_adapter import go

    score, known = contender.score, contender.interval
    low, high = (score, score) if known is None else known
    bar = {
        "type": "data", "array": [info.metric.drawn(high - score)],
        "arrayminus": [info.metric.drawn(score - low)], "visible": known is not None,
        "color": FAINT_INK, "thickness": 1.5, "width": 6,
    }  # fmt: skip
    spread = "" if known is None else f"<br>95% interval {info.metric.span(low, high)}"
    return go.Scatter(
        x=[info.metric.drawn(score)],
        y=[f"{look.label} (trial {contender.number})"],
        error_x=bar,
        mode="markers",
        marker={"symbol": look.symbol, "size": 13, "color": look.color},
        hovertemplate=f"{info.metric.text(score)}{spread}<extra></extra>",
    )
