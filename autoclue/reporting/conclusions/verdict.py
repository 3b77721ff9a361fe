"""The verdict in words: what a reader should take away, and how far to trust it."""

from __future__ import annotations

from autoclue.reporting.conclusions.compared import compared
from autoclue.reporting.conclusions.confirmation import confirmed_details, confirmed_verdict
from autoclue.reporting.sections import SummaryInfo, scores_on_test_words, selection_bias_words
from autoclue.reporting.statistics import STANDARD_ERRORS
from autoclue.reporting.wording import percent, plural, points


def verdict(info: SummaryInfo) -> str:
    """Say how the winner stands against the published default settings.

    One sentence on the search, and one on retraining with other seeds where there was one.
    """
    confirmed = None if info.confirmation is None else confirmed_verdict(info.confirmation)
    return _of_the_search(info) if confirmed is None else f"{_of_the_search(info)} {confirmed}"


def _of_the_search(info: SummaryInfo) -> str:
    if info.winner is None:
        return _without_winner(info)
    named = f"Trial {info.winner.number} is the best with {percent(info.winner.score)}"
    if info.baseline_state is None:
        return f"{named}; this study has no baseline to compare it with."
    if info.baseline is not None and info.winner.number == info.baseline.number:
        return _baseline_won(info)
    if info.difference is None:
        return f"{named}; it can't be compared: the baseline {_fate(info.baseline_state)}."
    return _comparison(info)


def caveats(info: SummaryInfo) -> list[str]:
    """List what a reader must know before trusting the difference; empty without a winner."""
    if info.winner is None:
        return []
    tested = None if info.test_score is None else scores_on_test_words(info.test_score)
    said = [_selection_words(info)] if tested is None else [tested, _selection_words(info)]
    confirmed = [] if info.confirmation is None else confirmed_details(info.confirmation)
    said += confirmed
    if info.seeds == 1 and not confirmed:
        said.append(
            "Its settings were run with one seed. One seed can't tell small differences apart: "
            "--confirm 3 --seeds 5 trains the best again with other seeds."
        )
    pair = compared(info)
    if pair is not None and pair.standard_error is not None:
        said.append(_error_words(pair.standard_error, pair.examples))
    elif pair is not None:
        said.append("The size of the sampling error is not known for this score.")
    return said


def _selection_words(info: SummaryInfo) -> str:
    price = None if info.holdout is None else selection_bias_words(info.holdout)
    if price is not None:
        return price
    if len(info.complete_scores) > 1:
        return (
            f"The winner is the best of {len(info.complete_scores)} complete trials, each counted "
            "at its best evaluation, on the very examples that chose it: expect a little less on "
            "new text."
        )
    return "Each trial counts with its best evaluation: expect a little less on new text."


def _error_words(error: float, examples: int | None) -> str:
    return (
        f"With {plural(examples or 0, 'development example')} the standard error of the "
        f"difference is {100 * error:.2f} points. It treats the two scores as independent; both "
        "come from the same examples, which usually makes the true error smaller."
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


def _baseline_won(info: SummaryInfo) -> str:
    score = percent(info.winner.score) if info.winner is not None else ""
    others = sum(info.counts.values()) - 1
    if others == 0:
        return f"The published default settings reached {score}; nothing else has been tried yet."
    verb = "has" if others == 1 else "have"
    return (
        f"The published default settings lead with {score}: none of "
        f"{plural(others, 'other trial')} {verb} beaten them."
    )


def _comparison(info: SummaryInfo) -> str:
    pair = compared(info)
    if info.winner is None or pair is None:
        return ""
    number, where = info.winner.number, " on the held-out examples" if pair.held_out else ""
    scores = f"{percent(pair.winner)} against {percent(pair.baseline)}"
    gap = f"{points(abs(pair.difference)).lstrip('+')} points"
    if pair.distinguishable is False:
        return (
            f"Trial {number} and the published default settings can't be told apart{where}: "
            f"{scores} is a difference of {gap}, less than {STANDARD_ERRORS:g} standard errors."
        )
    verb = "does worse than" if pair.difference < 0 else "beats"
    return f"Trial {number} {verb} the published default settings by {gap}{where}: {scores}."
