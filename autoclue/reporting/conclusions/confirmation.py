"""What retraining with other seeds says, in sentences."""

from __future__ import annotations

from autoclue.reporting.sections import ConfirmationInfo, Confirmed
from autoclue.reporting.statistics import PairedDifference
from autoclue.reporting.wording import percent, plural, points


def confirmed_verdict(info: ConfirmationInfo) -> str | None:
    """Say which configuration is the best on average, and whether it beats the default.

    Returns:
        ``None`` before any score.
    """
    winner = info.row(info.winner)
    if winner is None:
        return None
    seeds = f"{winner.spread.n} other seeds" if winner.spread.n != 1 else "one other seed"
    where = " on the held-out examples" if info.on_holdout else ""
    average = f"{percent(winner.spread.mean or 0.0)} on average{where}"
    head = f"Trained again with {seeds} each, {_name(winner)} is the best with {average}"
    if info.against_baseline is None:
        return f"{head}."
    return f"{head}; it {_judged(info.against_baseline, 'the published default settings')}."


def confirmed_details(info: ConfirmationInfo) -> list[str]:
    """Say how the search's own winner and the runner-up did, and what is missing."""
    winner = info.row(info.winner)
    if winner is None:
        return []
    said = [_search_winner_words(info, winner)]
    runner_up = info.row(info.runner_up)
    if runner_up is not None and info.against_runner_up is not None and not runner_up.baseline:
        judged = _judged(info.against_runner_up, f"the runner-up, {_name(runner_up)}")
        said.append(f"{_name(winner).capitalize()} {judged}.")
    said += [
        f"{_name(row).capitalize()} failed with {plural(row.failed, 'seed')} and is not ranked."
        for row in info.rows
        if row.failed > 0 and row.spread.n < winner.spread.n
    ]
    if info.open > 0:
        missing = "training is" if info.open == 1 else "trainings are"
        said.append(f"{info.open} more {missing} asked for and not done yet.")
    return said


def _search_winner_words(info: ConfirmationInfo, winner: Confirmed) -> str:
    kept = "The kept model is the search's own, trained with the search's seed."
    if info.search_winner is None:
        return f"The search's winner of today has not been trained again. {kept}"
    if info.search_winner == winner.number:
        return f"{_name(winner).capitalize()} won the search too. {kept}"
    own = info.row(info.search_winner)
    if own is None or own.spread.mean is None:
        return f"The search's own winner was trial {info.search_winner}. {kept}"
    return f"The search's own winner was {_name(own)}, which now comes to {_mean(own)}. {kept}"


def _name(row: Confirmed) -> str:
    return f"trial {row.number}" + (" (the published default)" if row.baseline else "")


def _mean(row: Confirmed) -> str:
    mean = percent(row.spread.mean or 0.0)
    deviation = row.spread.deviation
    known = "" if deviation is None else f" (standard deviation {100 * deviation:.2f} points)"
    return f"{mean} on average{known}"


def _judged(difference: PairedDifference, other: str) -> str:
    if difference.mean is None:
        return f"has no seed in common with {other}"
    gap = f"{points(difference.mean)} points"
    if difference.low is None or difference.high is None:
        why = "over one seed" if difference.n == 1 else f"with each of {difference.n} seeds alike"
        return f"can't be judged against {other}: {gap} {why}, so that the spread is not known"
    interval = f"95% interval {points(difference.low)} to {points(difference.high)}"
    verb = "can" if difference.distinguishable else "can't"
    return f"{verb} be told apart from {other}: {gap} ({interval}, {difference.n} seeds)"
