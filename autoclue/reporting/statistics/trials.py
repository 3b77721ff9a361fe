"""What several sections compute from a trial or a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from autoclue.records import Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.wording import settings_text

_SLACK = 1e-9


def steps_done(trial: TrialRecord) -> int:
    """Count the steps up to the last evaluation or the stop, whichever is later."""
    last = trial.evaluations[-1].step if trial.evaluations else 0
    return last if trial.stop is None else max(last, trial.stop.step)


def own_steps(trial: TrialRecord) -> int:
    """Count the steps that a trial has done itself, without those of the one it goes on from."""
    begun = 0 if trial.segment is None else trial.segment.from_step
    return max(0, steps_done(trial) - begun)


def own_seconds(trial: TrialRecord) -> float:
    """Return the seconds that a trial has trained itself."""
    begun = 0 if trial.segment is None else trial.segment.from_step
    before = [each.elapsed_s for each in trial.evaluations if each.step <= begun]
    return trial.seconds - max(before, default=0.0)


def schedule_steps(trial: TrialRecord) -> float | None:
    """Return the length of the trial's schedule in steps; else what a complete trial did."""
    if trial.total_steps is not None and trial.total_steps > 0:
        return trial.total_steps
    done = steps_done(trial)
    return done if trial.state is TrialState.COMPLETE and done > 0 else None


def score_at(trial: TrialRecord, fraction: float) -> float | None:
    """Return the best score up to a fraction of the trial's own schedule.

    The fraction is snapped to the first evaluation at or after it, as rungs are.

    Args:
        trial: Any trial.
        fraction: In (0, 1]; 1 is the whole schedule.

    Returns:
        ``None`` when the trial did not get that far or failed.
    """
    scores = trial.evaluations
    total = schedule_steps(trial)
    if trial.state is TrialState.FAIL or not scores or total is None:
        return None
    snapped = next((e.step for e in scores if e.step >= fraction * total - _SLACK), None)
    if snapped is None and not _was_compared_at(trial, fraction):
        return None
    return max(e.score for e in scores if snapped is None or e.step <= snapped)


def _was_compared_at(trial: TrialRecord, fraction: float) -> bool:
    """Return whether the scheduler compared the trial at a fraction."""
    if trial.state is TrialState.COMPLETE:
        return True
    rung = None if trial.stop is None else trial.stop.rung
    return rung is not None and rung >= fraction - _SLACK


@dataclass(frozen=True, slots=True, eq=False)
class _Trials:
    """Trials of a study; equal to itself alone, so that what follows from them is kept by it."""

    study: StudyRecord

    def __hash__(self) -> int:
        return id(self.study.trials)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Trials) and self.study.trials is other.study.trials


@lru_cache(maxsize=4)
def _winner(trials: _Trials) -> int | None:
    """Return the winner's number; it is asked for each trial, and looks at all of them."""
    winner = trials.study.winner
    return None if winner is None else winner.number


@lru_cache(maxsize=4)
def _searched(trials: _Trials) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for trial in trials.study.trials for name in trial.params))


def role(study: StudyRecord, trial: TrialRecord) -> str:
    """Return "winner", "baseline" or, for any other trial, an empty string."""
    if trial.number == _winner(_Trials(study)):
        return "winner"
    return "baseline" if trial.baseline else ""


def counts(study: StudyRecord) -> dict[str, int]:
    """Count the trials by state; every state has an entry."""
    return {state.value: sum(t.state is state for t in study.trials) for state in TrialState}


def dev_examples(study: StudyRecord) -> tuple[int | None, int | None]:
    """Return how many development examples select, and how many are held out.

    ``None`` stands for a number that the study doesn't record, and for zero.
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
    """List every searched parameter in the order in which the trials first use it."""
    return list(_searched(_Trials(study)))


def setting(trial: TrialRecord, name: str) -> object:
    """Look a setting up among the searched ones first, then in the complete configuration."""
    return trial.params[name] if name in trial.params else settings(trial).get(name)


def settings(trial: TrialRecord) -> dict[str, object]:
    """Return the complete configuration with the strategy's parameters among the others."""
    inner = trial.config.get("strategy_params")
    rest = {name: value for name, value in trial.config.items() if name != "strategy_params"}
    return {**rest, **inner} if isinstance(inner, Mapping) else dict(trial.config)


def searched_values(study: StudyRecord, trial: TrialRecord) -> dict[str, Scalar]:
    """Return a trial's values of the searched parameters, in the order of ``searched``.

    A baseline that lies outside the space has no searched settings of its own; its values then
    come from its complete configuration, as far as that holds them.
    """
    held: Mapping[str, object] = trial.params
    if trial.baseline:
        held = {**settings(trial), **trial.params}
    return {name: _scalar(held[name]) for name in searched(study) if name in held}


def _scalar(value: object) -> Scalar:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def settings_line(study: StudyRecord, trial: TrialRecord) -> str:
    """Write a trial's searched settings in one line, or that there are none."""
    return settings_text(searched_values(study, trial)) or "no searched settings"


def first_beginning(study: StudyRecord) -> str | None:
    """Return when the first trial began, if any has."""
    return min((trial.started_at for trial in study.trials if trial.started_at), default=None)


def last_end(study: StudyRecord) -> str | None:
    """Return when the last trial ended, if any has."""
    return max((trial.ended_at for trial in study.trials if trial.ended_at), default=None)
