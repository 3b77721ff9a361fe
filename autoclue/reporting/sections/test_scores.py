"""Winner and baseline on the test part, which the search never saw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.drawing import TwoScores, two_parts_figure
from autoclue.reporting.statistics import clear, standard_error, wilson_interval
from autoclue.reporting.wording import percent, plural, points

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class UnseenTrial:
    """One trial's kept model on the development set and on the test part.

    Attributes:
        number: The trial's number.
        dev: Its best development score, for which the model was kept.
        score: The same model's score on the test part, in [0, 1].
        loss: Its mean cross-entropy there, in nats.
        standard_error: Binomial standard error of ``score``; ``None`` for a score that is no
            accuracy.
        interval: The 95 % interval of ``score`` (Wilson's); ``None`` likewise.
    """

    number: int
    dev: float
    score: float
    loss: float
    standard_error: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ScoresOnTestInfo:
    """Winner and baseline on the test part.

    Attributes:
        metric: Name of the score.
        split: Name of the test part, once something has been scored on it.
        examples: Its examples, likewise.
        winner: The winner of the search.
        baseline: The published default settings; ``None`` when they have no score on this test
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

    metric: str
    split: str | None
    examples: int | None
    winner: UnseenTrial | None
    baseline: UnseenTrial | None
    baseline_won: bool
    difference: float | None
    difference_error: float | None
    distinguishable: bool | None
    problem: str | None
    missing: str | None
    note: str | None


NOTE = (
    "These examples chose nothing: no checkpoint, no stop, no winner. So this is what to expect "
    "of new text of the same kind."
)


def scores_on_test_info(study: StudyRecord) -> ScoresOnTestInfo:
    """Compare winner and baseline on the test part."""
    won, held = study.winner, study.baseline
    winner = _scores(won, study.metric)
    same = won is not None and held is not None and won.number == held.number
    baseline = None if same or not _comparable(won, held) else _scores(held, study.metric)
    difference, error = _difference(winner, baseline)
    told = None if won is None else won.test_score
    return ScoresOnTestInfo(
        metric=study.metric,
        split=None if told is None else told.split,
        examples=None if told is None else told.examples,
        winner=winner,
        baseline=baseline,
        baseline_won=same,
        difference=difference,
        difference_error=error,
        distinguishable=None if difference is None or error is None else clear(difference, error),
        problem=study.test_problem,
        missing=_missing(study) if winner is None else None,
        note=None if winner is None else NOTE,
    )


def _comparable(winner: TrialRecord | None, baseline: TrialRecord | None) -> bool:
    """Tell whether both were scored on the same files."""
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


def _scores(trial: TrialRecord | None, metric: str) -> UnseenTrial | None:
    if trial is None or trial.test_score is None or trial.best_score is None:
        return None
    score, examples = trial.test_score.score, trial.test_score.examples
    binomial = metric == "accuracy" and examples > 0
    return UnseenTrial(
        number=trial.number,
        dev=trial.best_score,
        score=score,
        loss=trial.test_score.loss,
        standard_error=standard_error(score, examples) if binomial else None,
        interval=wilson_interval(score, examples) if binomial else None,
    )


def _difference(
    winner: UnseenTrial | None, baseline: UnseenTrial | None
) -> tuple[float | None, float | None]:
    if winner is None or baseline is None:
        return None, None
    difference = winner.score - baseline.score
    if winner.standard_error is None or baseline.standard_error is None:
        return difference, None
    return difference, math.hypot(winner.standard_error, baseline.standard_error)


def scores_on_test_words(info: ScoresOnTestInfo) -> str | None:
    """Say how the two do on the test part, in a sentence; ``None`` where nothing was scored."""
    problem = None if info.problem is None else f"On the test part: {info.problem}"
    if info.winner is None:
        return problem
    where = f"On the test part of {plural(info.examples or 0, 'example')}"
    said = f"{where}, which the search never saw: winner {percent(info.winner.score)}"
    if info.baseline_won:
        said += " (the published default settings)"
    if info.baseline is not None and info.difference is not None:
        said += f", published default settings {percent(info.baseline.score)}"
        said += f", {points(info.difference)} points"
    if info.distinguishable is False:
        said += "; less than 2 standard errors, so they can't be told apart there"
    return f"{said}." if problem is None else f"{said}. {problem}"


def scores_on_test_figure(info: ScoresOnTestInfo) -> go.Figure:
    """Draw both scores of winner and baseline, those on the test part with their 95 % interval."""
    if info.winner is None:
        from autoclue.reporting.drawing.plotly_adapter import empty

        return empty(info.missing or "")
    baseline = None if info.baseline is None else _two_scores(info.baseline)
    return two_parts_figure(info.metric, winner=_two_scores(info.winner), baseline=baseline)


def _two_scores(scored: UnseenTrial) -> TwoScores:
    spread = ""
    if scored.interval is not None:
        low, high = scored.interval
        spread = f" (95% interval {100 * low:.2f} to {percent(high)})"
    return TwoScores(
        number=scored.number,
        chosen=scored.dev,
        independent=scored.score,
        interval=scored.interval,
        chosen_words=f"{percent(scored.dev)} on the development set",
        independent_words=f"{percent(scored.score)} on the test part{spread}",
    )
