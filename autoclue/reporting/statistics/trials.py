"""What every section asks of a trial; scores that are not finite never count."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autoclue.records import (
    Evaluation,
    StudyRecord,
    TrialRecord,
    TrialState,
    best_evaluation,
)
from autoclue.reporting.wording import settings_text

ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
_SLACK = 1e-9


def usable(trial: TrialRecord) -> tuple[Evaluation, ...]:
    """Keep the evaluations whose score is finite."""
    return tuple(e for e in trial.evaluations if math.isfinite(e.score))


def best(trial: TrialRecord) -> Evaluation | None:
    """Find the evaluation with the highest finite score, the earliest of equals."""
    return best_evaluation(usable(trial))


def best_score(trial: TrialRecord) -> float | None:
    """Give the highest finite score, or ``None`` before any."""
    found = best(trial)
    return None if found is None else found.score


def steps_done(trial: TrialRecord) -> int:
    """Count the updates up to the last evaluation or the stop, whichever is later."""
    last = trial.evaluations[-1].step if trial.evaluations else 0
    return last if trial.stop is None else max(last, trial.stop.step)


def schedule_steps(trial: TrialRecord) -> float | None:
    """Give the length of the trial's schedule; a complete trial's is at least what it did."""
    if trial.total_steps is not None and trial.total_steps > 0:
        return trial.total_steps
    done = steps_done(trial)
    return done if trial.state is TrialState.COMPLETE and done > 0 else None


def score_at(trial: TrialRecord, fraction: float) -> float | None:
    """Give the best score up to a fraction of the trial's own schedule.

    The fraction is snapped to the first evaluation at or after it, as rungs are.

    Args:
        trial: Any trial.
        fraction: In (0, 1]; 1 is the whole schedule.

    Returns:
        ``None`` when the trial did not get that far or failed.
    """
    scores = usable(trial)
    total = schedule_steps(trial)
    if trial.state is TrialState.FAIL or not scores or total is None:
        return None
    snapped = next((e.step for e in scores if e.step >= fraction * total - _SLACK), None)
    if snapped is None and not _was_compared_at(trial, fraction):
        return None
    return max(e.score for e in scores if snapped is None or e.step <= snapped)


def _was_compared_at(trial: TrialRecord, fraction: float) -> bool:
    """Tell whether the trial reached a fraction by the scheduler's own account."""
    if trial.state is TrialState.COMPLETE:
        return True
    rung = None if trial.stop is None else trial.stop.rung
    return rung is not None and rung >= fraction - _SLACK


def role(study: StudyRecord, trial: TrialRecord) -> str:
    """Say whether a trial is the "winner", the "baseline" or neither (an empty string)."""
    winner = study.winner
    if winner is not None and trial.number == winner.number:
        return "winner"
    return "baseline" if trial.baseline else ""


def counts(study: StudyRecord) -> dict[str, int]:
    """Count the trials by state; every state has an entry."""
    return {state.value: sum(t.state is state for t in study.trials) for state in TrialState}


def dev_examples(study: StudyRecord) -> tuple[int | None, int | None]:
    """Give the number of development examples that select, and of those that are held out.

    ``None`` stands for a number that the study doesn't say, and for none.
    """
    dev, held_out = (_count(study.settings.get(n)) for n in ("dev_examples", "holdout_examples"))
    if dev is None or held_out is None:
        return dev, held_out
    return (dev - held_out if dev > held_out else None), held_out


def _count(value: object) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value if known else None  # type: ignore[return-value]


def in_order_of_end(study: StudyRecord) -> list[TrialRecord]:
    """List the trials by the time they ended; those without one come last, by number."""
    return sorted(study.trials, key=lambda t: (t.ended_at is None, t.ended_at or "", t.number))


def searched(study: StudyRecord) -> list[str]:
    """Name every searched parameter in the order in which the trials first use it."""
    return list(dict.fromkeys(name for trial in study.trials for name in trial.params))


def setting(trial: TrialRecord, name: str) -> object:
    """Look a setting up among the searched ones first, then in the complete configuration."""
    return trial.params[name] if name in trial.params else settings(trial).get(name)


def settings(trial: TrialRecord) -> dict[str, object]:
    """Give the complete configuration with the strategy's parameters among the others."""
    inner = trial.config.get("strategy_params")
    rest = {name: value for name, value in trial.config.items() if name != "strategy_params"}
    return {**rest, **inner} if isinstance(inner, Mapping) else dict(trial.config)


def one_line(params: Mapping[str, object]) -> str:
    """Write searched settings in one line, or say that there are none."""
    return settings_text(params) or "no searched settings"
