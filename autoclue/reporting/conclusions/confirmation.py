"""What training again with other seeds says, in sentences."""

from __future__ import annotations

from autoclue.reporting.sections import ConfirmationInfo, ConfirmationRow
from autoclue.reporting.statistics import MIN_SEEDS, PairedDifference
from autoclue.reporting.wording import MetricScale, plural


def confirmed_verdict(info: ConfirmationInfo) -> str | None:
    """Write which configuration is the best on average, and whether it beats the baseline.

    Returns:
        ``None`` before any score.
    """
    winner = info.row(info.winner)
    if winner is None or winner.spread.mean is None:
        return None
    seeds = f"{winner.spread.n} other seeds" if winner.spread.n != 1 else "one other seed"
    where = " on the held-out examples" if info.on_holdout else ""
    average = f"{info.metric.text(winner.spread.mean)} on average{where}"
    head = f"Trained again with {seeds} each, {_name(winner)} is the best with {average}"
    if info.against_baseline is None:
        return f"{head}."
    judged = judged_difference(info.metric, info.against_baseline, "it", "the baseline")
    return f"{head}; {judged}."


def confirmed_details(info: ConfirmationInfo) -> list[str]:
    """Write how the search's own winner and the runner-up did, and what is missing."""
    winner = info.row(info.winner)
    if winner is None:
        return []
    said = [_search_winner_words(info, winner)]
    runner_up = info.row(info.runner_up)
    if runner_up is not None and info.against_runner_up is not None and not runner_up.baseline:
        other = f"the runner-up, {_name(runner_up)}"
        subject = _name(winner).capitalize()
        said.append(f"{judged_difference(info.metric, info.against_runner_up, subject, other)}.")
    said += [
        f"{_name(row).capitalize()} failed with {plural(row.failed, 'seed')} and is not ranked."
        for row in info.rows
        if row.failed > 0 and row.spread.n < winner.spread.n
    ]
    if info.open > 0:
        missing = "confirmation run is" if info.open == 1 else "confirmation runs are"
        said.append(f"{info.open} more {missing} still to be done.")
    return said


def _search_winner_words(info: ConfirmationInfo, winner: ConfirmationRow) -> str:
    kept = "The kept model is the search's own, trained with the search's seed."
    if info.search_winner is None:
        return f"The search's winner of today has not been trained again. {kept}"
    if info.search_winner == winner.number:
        return f"{_name(winner).capitalize()} won the search too. {kept}"
    own = info.row(info.search_winner)
    if own is None or own.spread.mean is None:
        return f"The search's own winner was trial {info.search_winner}. {kept}"
    mean = _mean(info.metric, own, own.spread.mean)
    return f"The search's own winner was {_name(own)}, which now comes to {mean}. {kept}"


def _name(row: ConfirmationRow) -> str:
    return f"trial {row.number}" + (" (the baseline)" if row.baseline else "")


def _mean(scale: MetricScale, row: ConfirmationRow, mean: float) -> str:
    deviation = row.spread.deviation
    known = "" if deviation is None else f" (standard deviation {scale.size(deviation)})"
    return f"{scale.text(mean)} on average{known}"


def judged_difference(
    scale: MetricScale, difference: PairedDifference, subject: str, other: str
) -> str:
    """Write what the seeds say of a difference; a difference alone is never called a win.

    Args:
        scale: How scores are written.
        difference: Subject less other.
        subject: The beginning of the clause.
        other: What it is compared with.
    """
    if difference.mean is None:
        return f"{subject} has no seed in common with {other}"
    gap = scale.gap(difference.mean)
    differs = f"{subject} differs from {other} by {gap}"
    if difference.distinguishable is None:
        return f"{differs}, {_why_open(difference)}"
    span = "unknown"
    if difference.low is not None and difference.high is not None:
        span = f"{scale.difference(difference.low)} to {scale.difference(difference.high)}"
    known = f"{gap} on average, 95% interval {span}, {difference.n} seeds"
    if not difference.distinguishable:
        return f"{subject} can't be told apart from {other} over seeds ({known})"
    verb = "beats" if difference.mean > 0 else "does worse than"
    return f"{subject} {verb} {other} over seeds ({known})"


def _why_open(difference: PairedDifference) -> str:
    if difference.n == 1:
        return "and one seed can't tell that from chance"
    if difference.n < MIN_SEEDS:
        return f"and {difference.n} seeds are too few to tell that from chance"
    return f"with each of {difference.n} seeds alike, so that the spread is not known"
