"""Winner and baseline on the test part, which the search never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import TwoScores, two_parts_figure
from autoclue.reporting.statistics import (
    distinguishable,
    error_of_difference,
    score_interval,
    standard_error,
)
from autoclue.reporting.wording import MetricScale, plural, scale_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class TestedTrial:
    """One trial's kept model on the development set and on the test part.

    Attributes:
        number: The trial's number.
        dev: Its best development score, for which the model was kept.
        score: The same model's score on the test part, in [0, 1].
        loss: Its mean cross-entropy there, in nats.
        standard_error: Standard error of ``score``; ``None`` for a metric that has none.
        interval: The 95 % interval of ``score`` (Wilson's for an accuracy); ``None`` likewise.
        scores: All scores of the metric on the test part, by name.
    """

    number: int
    dev: float
    score: float
    loss: float
    standard_error: float | None
    interval: tuple[float, float] | None
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoresOnTestInfo:
    """Winner and baseline on the test part.

    Attributes:
        metric: How scores are written.
        split: Name of the test part, once something has been scored on it.
        examples: Its examples, likewise.
        winner: The winner of the search.
        baseline: The baseline; ``None`` when they have no score on this test
            part, or are the winner.
        baseline_won: Whether the winner is the baseline.
        difference: Winner minus baseline.
        difference_error: Its standard error, as if the two were independent: both are measured
            on the same examples, so the true one is usually smaller.
        distinguishable: Whether the difference is at least two standard errors; ``None`` when
            that can't be computed.
        problem: Why something could not be scored, or ``None``.
        missing: Why there is no figure, or ``None``.
        note: How to read the scores, or ``None``.
    """

    metric: MetricScale
    split: str | None
    examples: int | None
    winner: TestedTrial | None
    baseline: TestedTrial | None
    baseline_won: bool
    difference: float | None
    difference_error: float | None
    distinguishable: bool | None
    problem: str | None
    missing: str | None
    note: str | None


NOTE = (
    "These examples chose nothing: no model, no stop, no winner. So this is what to expect "
    "of new text of the same kind."
)


def scores_on_test_info(study: StudyRecord) -> ScoresOnTestInfo:
    """Compare winner and baseline on the test part."""
    won, held = study.winner, study.baseline
    scale = scale_of(study)
    winner = _scores(won, scale)
    same = won is not None and held is not None and won.number == held.number
    baseline = None if same or not _comparable(won, held) else _scores(held, scale)
    difference, error = _difference(winner, baseline)
    tested = None if won is None else won.test_score
    return ScoresOnTestInfo(
        metric=scale,
        split=None if tested is None else tested.split,
        examples=None if tested is None else tested.examples,
        winner=winner,
        baseline=baseline,
        baseline_won=same,
        difference=difference,
        difference_error=error,
        distinguishable=distinguishable(difference, error),
        problem=study.test_problem,
        missing=_missing(study) if winner is None else None,
        note=None if winner is None else NOTE,
    )


def _comparable(winner: TrialRecord | None, baseline: TrialRecord | None) -> bool:
    """Return whether both were scored on the same files."""
    if (
        winner is None
        or winner.test_score is None
        or baseline is None
        or baseline.test_score is None
    ):
        return False
    complete = baseline.state is TrialState.COMPLETE
    return complete and winner.test_score.fingerprint == baseline.test_score.fingerprint


def _missing(study: StudyRecord) -> str:
    if study.test_problem is not None:
        return study.test_problem
    return (
        "Nothing has been scored on a test part. A search does so at its end where the data has a "
        "test part with labels."
    )


def _scores(trial: TrialRecord | None, scale: MetricScale) -> TestedTrial | None:
    if trial is None or trial.test_score is None or trial.best_score is None:
        return None
    score, examples = trial.test_score.score, trial.test_score.examples
    return TestedTrial(
        number=trial.number,
        dev=trial.best_score,
        score=score,
        loss=trial.test_score.loss,
        standard_error=standard_error(scale, score, examples),
        interval=score_interval(scale, score, examples),
        scores=dict(trial.test_score.scores),
    )


def _difference(
    winner: TestedTrial | None, baseline: TestedTrial | None
) -> tuple[float | None, float | None]:
    if winner is None or baseline is None:
        return None, None
    error = error_of_difference(winner.standard_error, baseline.standard_error)
    return winner.score - baseline.score, error


def scores_on_test_words(info: ScoresOnTestInfo) -> str | None:
    """Write how the two do on the test part, in a sentence; ``None`` where nothing was scored."""
    problem = None if info.problem is None else f"On the test part: {info.problem}"
    if info.winner is None:
        return problem
    text = info.metric.text
    held = "" if info.examples is None else f" of {plural(info.examples, 'example')}"
    said = f"On the test part{held}, which the search never saw: winner {text(info.winner.score)}"
    if info.baseline_won:
        said += " (the baseline)"
    if info.baseline is not None and info.difference is not None:
        said += f", baseline {text(info.baseline.score)}"
        said += f", {info.metric.gap(info.difference)}"
    if info.distinguishable is False:
        said += "; less than 2 standard errors, so they can't be told apart there"
    return f"{said}." if problem is None else f"{said}. {problem}"


def scores_on_test_figure(info: ScoresOnTestInfo) -> go.Figure:
    """Draw both scores of winner and baseline, those on the test part with their 95 % interval."""
    if info.winner is None:
        from autoclue.reporting.drawing.plotly_adapter import empty

        return empty(info.missing or "")
    baseline = None if info.baseline is None else _two_scores(info, info.baseline)
    winner = _two_scores(info, info.winner)
    return two_parts_figure(info.metric, info.metric.name, winner=winner, baseline=baseline)


def _two_scores(info: ScoresOnTestInfo, scored: TestedTrial) -> TwoScores:
    spread = ""
    if scored.interval is not None:
        spread = f" (95% interval {info.metric.span(*scored.interval)})"
    return TwoScores(
        number=scored.number,
        chosen=scored.dev,
        independent=scored.score,
        interval=scored.interval,
        chosen_words=f"{info.metric.text(scored.dev)} on the development set",
        independent_words=f"{info.metric.text(scored.score)} on the test part{spread}",
    )
