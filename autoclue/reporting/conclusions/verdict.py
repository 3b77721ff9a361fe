"""The verdict in words: what a reader should take away, and how far to trust it."""

from __future__ import annotations

from autoclue.records import StudyRecord
from autoclue.reporting.conclusions.comparison import Comparison, comparison
from autoclue.reporting.conclusions.confirmation import confirmed_details, confirmed_verdict
from autoclue.reporting.conclusions.named_scores import named_scores_words
from autoclue.reporting.conclusions.population import population_verdict
from autoclue.reporting.sections import (
    Contender,
    SummaryInfo,
    scores_on_test_words,
    selection_bias_words,
    summary_info,
)
from autoclue.reporting.statistics import STANDARD_ERRORS, at_chance
from autoclue.reporting.wording import MetricScale, plural


def verdict(info: SummaryInfo) -> str:
    """Write how the winner stands against the baseline.

    One sentence on the search, and one on the confirmation with other seeds where there was one.
    Only the last word claims a win: where seeds have been compared, or members of a population at
    its boundaries, the search's own scores are given without a judgement.
    """
    confirmed = None if info.confirmation is None else confirmed_verdict(info.confirmation)
    recipe = population_verdict(info)
    judged = confirmed is None and recipe is None
    said = (_of_the_search(info, judged=judged), confirmed, recipe)
    return " ".join(sentence for sentence in said if sentence is not None)


def closing_sentences(study: StudyRecord) -> list[str]:
    """Write what a terminal says at the end: the verdict, and what qualifies it."""
    info = summary_info(study)
    tested = None if info.test_score is None else scores_on_test_words(info.test_score)
    confirmed = [] if info.confirmation is None else confirmed_details(info.confirmation)
    bias = None if info.holdout is None else selection_bias_words(info.holdout)
    named = named_scores_words(info)
    said = (
        verdict(info),
        named,
        chance_words(info),
        tested,
        *confirmed,
        bias,
        ending_words(study),
    )
    return [sentence for sentence in said if sentence is not None]


def ending_words(study: StudyRecord) -> str | None:
    """Write why the search ended, and after how many trials; ``None`` while it hasn't."""
    if study.ending is None:
        return None
    asked = len(study.standing)
    after = f"{asked}" if study.target_trials is None else f"{asked} of {study.target_trials}"
    return f"The search ended after {after} trials: {study.ending}."


def chance_words(info: SummaryInfo) -> str | None:
    """Warn where the winner, or the baseline alone, is no better than guessing."""
    chance, examples, winner = info.chance_score, info.dev_examples, info.winner
    if chance is None or examples is None or winner is None:
        return None
    guess = f"{info.metric.text(chance)}, always the most frequent class"
    if at_chance(winner.score, chance, examples):
        return (
            f"No complete trial is clearly above chance ({guess}): try higher learning rates, or "
            "longer trials."
        )
    if info.baseline is not None and at_chance(info.baseline.score, chance, examples):
        return f"The baseline is at chance ({guess}): beating it shows little."
    return None


def _of_the_search(info: SummaryInfo, *, judged: bool) -> str:
    winner = info.winner
    if winner is None:
        return _without_winner(info)
    named = f"Trial {winner.number} is the best with {info.metric.text(winner.score)}"
    if info.baseline_state is None:
        return f"{named}; this study has no baseline to compare it with."
    if info.baseline is not None and winner.number == info.baseline.number:
        return _baseline_won(info, winner)
    pair = comparison(info)
    if info.difference is None or pair is None:
        return f"{named}; it can't be compared: the baseline {_fate(info.baseline_state)}."
    if not judged:
        return _scores_alone(info, winner, pair)
    return _judged_scores(info, winner, pair)


def caveats(info: SummaryInfo) -> list[str]:
    """List what a reader must know before trusting the difference; empty without a winner."""
    if info.winner is None:
        return []
    tested = None if info.test_score is None else scores_on_test_words(info.test_score)
    said = [_selection_words(info)] if tested is None else [tested, _selection_words(info)]
    named = named_scores_words(info)
    said = said if named is None else [named, *said]
    confirmed = [] if info.confirmation is None else confirmed_details(info.confirmation)
    said += confirmed
    chance = chance_words(info)
    said += [] if chance is None else [chance]
    if info.seeds == 1 and not confirmed:
        said.append(
            "Its settings were run with one seed. One seed can't tell small differences apart: "
            "--confirm 3 --seeds 5 trains the best again with other seeds."
        )
    pair = comparison(info)
    if pair is not None and pair.standard_error is not None:
        said.append(_error_words(info.metric, pair.standard_error, pair.examples))
    elif pair is not None:
        said.append("The size of the sampling error is not known for this score.")
    return said


def _selection_words(info: SummaryInfo) -> str:
    bias = None if info.holdout is None else selection_bias_words(info.holdout)
    if bias is not None:
        return bias
    if len(info.complete_scores) > 1:
        return (
            f"The winner is the best of {len(info.complete_scores)} complete trials, each counted "
            "at its best evaluation, on the very examples that chose it: expect a little less on "
            "new text."
        )
    return "Each trial counts with its best evaluation: expect a little less on new text."


def _error_words(scale: MetricScale, error: float, examples: int | None) -> str:
    held = "" if examples is None else f"With {plural(examples, 'development example')} "
    return (
        f"{held or 'Here '}the standard error of the difference is {scale.size(error)}. It treats "
        "the two scores as independent; both come from the same examples, which usually makes "
        "the true error smaller."
    )


def _without_winner(info: SummaryInfo) -> str:
    total = sum(info.counts.values())
    if total == 0:
        return "No trial has started yet."
    if info.counts["FAIL"] == total:
        every = "The only trial" if total == 1 else f"All {total} trials"
        return f"{every} failed; the reasons are listed below."
    return f"None of {plural(total, 'trial')} is complete yet, so there is no winner."


def _fate(state: str) -> str:
    return {
        "RUNNING": "is still running",
        "PRUNED": "was stopped early",
        "FAIL": "failed",
        "COMPLETE": "is complete but has no score",
    }[state]


def _baseline_won(info: SummaryInfo, baseline: Contender) -> str:
    """Say what the baseline has been compared with; a trial that failed was no rival.

    Of a population ``population_verdict`` speaks: its trials are parts of members.
    """
    named, score = _baseline(info, start=True), info.metric.text(baseline.score)
    if info.population is not None:
        return f"{named} leads with {score}."
    rivals, failed = info.counts["COMPLETE"] - 1 + info.counts["PRUNED"], info.counts["FAIL"]
    if rivals == 0 and failed == 0:
        return f"{named} reached {score}; nothing else has been tried yet."
    if rivals == 0:
        every = "the only other trial" if failed == 1 else f"all {failed} other trials that ended"
        return f"{named} reached {score}, but {every} failed: nothing has been compared with it."
    verb = "has" if rivals == 1 else "have"
    beside = f"; {plural(failed, 'trial')} failed" if failed else ""
    return (
        f"{named} leads with {score}: none of {plural(rivals, 'other trial')} {verb} beaten "
        f"it{beside}."
    )


def _scores_alone(info: SummaryInfo, winner: Contender, pair: Comparison) -> str:
    text = info.metric.text
    return (
        f"In the search, with one seed, trial {winner.number} scored {text(pair.winner)} "
        f"and {_baseline(info)} {text(pair.baseline)}{_where(pair)}."
    )


def _judged_scores(info: SummaryInfo, winner: Contender, pair: Comparison) -> str:
    scale = info.metric
    scores = f"{scale.text(pair.winner)} against {scale.text(pair.baseline)}"
    gap = scale.size(pair.difference)
    if pair.distinguishable is False:
        return (
            f"Trial {winner.number} and {_baseline(info)} can't be told "
            f"apart{_where(pair)}: {scores} is a difference of {gap}, less than "
            f"{STANDARD_ERRORS:g} standard errors."
        )
    verb = "does worse than" if pair.difference < 0 else "beats"
    return f"Trial {winner.number} {verb} {_baseline(info)} by {gap}{_where(pair)}: {scores}."


def _baseline(info: SummaryInfo, *, start: bool = False) -> str:
    """Name the baseline, and say which one it is where the study says so."""
    which = "" if info.baseline_source is None else f" ({info.baseline_source})"
    return f"{'The' if start else 'the'} baseline{which}"


def _where(pair: Comparison) -> str:
    return " on the held-out examples" if pair.held_out else ""
