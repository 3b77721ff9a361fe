"""Replay a scheduler over the curves of a study: what it would have stopped, saved and lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate

from autoclue.errors import UsageError
from autoclue.records import Stop, StudyRecord, TrialRecord, TrialState
from autoclue.search.replay.simulator import InOrder, RecordedCurve, Simulation, simulate
from autoclue.search.stopping import SCHEDULERS, Scheduler, make_scheduler

ALL = "all"


@dataclass(frozen=True, slots=True)
class ReplayedStop:
    """A trial that the scheduler would have stopped.

    Attributes:
        number: The trial's number.
        stop: Where and why.
        recorded_best: The best score that it is known to have reached.
        saved_steps: Steps of the record that it would not have taken.
    """

    number: int
    stop: Stop
    recorded_best: float
    saved_steps: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What a scheduler would have made of a study.

    Attributes:
        study: The study's name.
        scheduler: The scheduler that was replayed.
        workers: Trials at once on the simulated clock.
        trials: Trials with a curve; those without any evaluation are left out.
        whole: How many of them ran their whole schedule. A full grid has nothing else.
        failed: How many failed, at the end of their curve.
        cut_short: How many end where the study itself stopped or left them; how they would have
            gone on is not known.
        beyond: Numbers of those cut short that the scheduler would have let go on from there.
        stops: What it would have stopped, by number.
        winner: The complete trial with the best score; ``None`` where none is complete.
        winner_score: Its score.
        winner_survives: Whether it would have run to its end; ``None`` without a winner.
        best_score: The best score of the trials that would have run to their end; ``None`` where
            there are none.
        recorded_steps: Steps on record, over all curves.
        whole_steps: Steps that the same trials take when nothing is stopped. More than are on
            record where the study itself was cut short; a failed trial counts as far as it came.
        steps_taken: Steps of the record that would have been taken.
        steps_at_most: The same, if the trials in ``beyond`` had all run to their end.
        recorded_s: Seconds that the record takes on as many workers, as far as it goes.
        whole_s: Seconds that the whole trials take on as many workers, at their recorded speeds.
        seconds: Seconds that the replayed search takes, as far as the record reaches.
    """

    study: str
    scheduler: str
    workers: int
    trials: int
    whole: int
    failed: int
    cut_short: int
    beyond: tuple[int, ...]
    stops: tuple[ReplayedStop, ...]
    winner: int | None
    winner_score: float | None
    winner_survives: bool | None
    best_score: float | None
    recorded_steps: int
    whole_steps: int
    steps_taken: int
    steps_at_most: int
    recorded_s: float
    whole_s: float
    seconds: float

    @property
    def saved_share(self) -> float:
        """The part of all steps that would have been saved for certain, in [0, 1).

        Measured against a search that stops nothing, whether the study did or not.
        """
        return 1 - self.steps_at_most / self.whole_steps

    @property
    def saved_share_at_most(self) -> float:
        """The same, if the trials in ``beyond`` had ended where the record does."""
        return 1 - self.steps_taken / self.whole_steps

    @property
    def study_saved_share(self) -> float:
        """The part of all steps that the study itself has saved by stopping, in [0, 1)."""
        return 1 - self.recorded_steps / self.whole_steps


def replay_study(
    study: StudyRecord, *, scheduler: str | Scheduler, workers: int
) -> tuple[Replay, ...]:
    """Replay one scheduler, or all of them.

    Trials begin in the order of their numbers, each as soon as a worker is free, with the times
    that were recorded. A scheduler can't change here what was tried; in a search it would also
    have changed what a sampler proposes.

    Args:
        study: Any study with curves.
        scheduler: One of ``SCHEDULERS``, with or without values of its parameters, or ``all``.
        workers: Trials at once, at least 1.

    Raises:
        UsageError: The scheduler is unknown, ``workers`` is below 1, no trial has a curve, or
            trials go on from each other.
    """
    if workers < 1:
        raise UsageError(f"workers is {workers}, but must be at least 1.")
    if study.boundaries:
        raise UsageError(
            f"The members of {study.name} go on from each other's states, so that no trial stands "
            "for itself and a scheduler can't be replayed on them; the report has every boundary "
            "with its reasons."
        )
    names = SCHEDULERS.names() if scheduler == ALL else [SCHEDULERS.normal(scheduler)]
    value = study.settings.get("seed")
    seed = value if isinstance(value, int) else 0
    rules = {name: make_scheduler(name, seed=seed) for name in names}
    curves = recorded_curves(study)
    if not curves:
        raise UsageError(f"No trial of {study.name} has been evaluated; there is no curve.")
    record = simulate(InOrder(curves), None, workers=workers)
    whole = simulate(InOrder(map(_whole, curves)), None, workers=workers)
    return tuple(
        _compare(
            study.name,
            name,
            curves,
            record=record,
            whole_s=whole.time_s,
            replayed=simulate(InOrder(curves), rule, workers=workers),
            workers=workers,
        )
        for name, rule in rules.items()
    )


def recorded_curves(study: StudyRecord) -> tuple[RecordedCurve, ...]:
    """Return the curves of a study as far as they were recorded, by number."""
    return tuple(curve for trial in study.trials if (curve := _curve_of(trial)) is not None)


def _curve_of(trial: TrialRecord) -> RecordedCurve | None:
    if not trial.evaluations or trial.total_steps is None:
        return None
    steps = tuple(e.step for e in trial.evaluations)
    ended = trial.state in {TrialState.COMPLETE, TrialState.FAIL}
    return RecordedCurve(
        number=trial.number,
        total_steps=trial.total_steps,
        evaluation_steps=trial.evaluation_steps or steps,
        steps=steps,
        scores=tuple(e.score for e in trial.evaluations),
        times_s=tuple(accumulate((e.elapsed_s for e in trial.evaluations), max)),
        baseline=trial.baseline,
        end=trial.state if ended else TrialState.PRUNED,
    )


def _whole(curve: RecordedCurve) -> RecordedCurve:
    """Return a curve as it were without the stop that cut it short, at the same speed."""
    last = curve.evaluation_steps[-1]
    if curve.end is not TrialState.PRUNED or last <= curve.steps[-1]:
        return curve
    time_s = curve.times_s[-1] * last / curve.steps[-1]
    return replace(
        curve,
        steps=(*curve.steps, last),
        scores=(*curve.scores, curve.scores[-1]),
        times_s=(*curve.times_s, time_s),
        end=TrialState.COMPLETE,
    )


def _compare(
    study: str,
    scheduler: str,
    curves: tuple[RecordedCurve, ...],
    *,
    record: Simulation,
    whole_s: float,
    replayed: Simulation,
    workers: int,
) -> Replay:
    by_number = {curve.number: curve for curve in curves}
    states = [curve.end for curve in curves]
    whole = [curve for curve in curves if curve.end is TrialState.COMPLETE]
    ran_out = [trial for trial in replayed.trials if trial.stop is None]
    complete = {t.number: t.best for t in ran_out if t.state is TrialState.COMPLETE}
    beyond = tuple(t.number for t in ran_out if t.state is TrialState.PRUNED)
    left = sum(_whole(by_number[n]).steps[-1] - by_number[n].steps[-1] for n in beyond)
    winner = max(whole, key=lambda curve: curve.best, default=None)
    return Replay(
        study=study,
        scheduler=scheduler,
        workers=workers,
        trials=len(curves),
        whole=len(whole),
        failed=states.count(TrialState.FAIL),
        cut_short=states.count(TrialState.PRUNED),
        beyond=beyond,
        stops=tuple(
            ReplayedStop(
                number=trial.number,
                stop=trial.stop,
                recorded_best=by_number[trial.number].best,
                saved_steps=by_number[trial.number].steps[-1] - trial.steps_taken,
            )
            for trial in replayed.trials
            if trial.stop is not None
        ),
        winner=None if winner is None else winner.number,
        winner_score=None if winner is None else winner.best,
        winner_survives=None if winner is None else winner.number in complete,
        best_score=max(complete.values(), default=None),
        recorded_steps=record.steps_taken,
        whole_steps=sum(_whole(curve).steps[-1] for curve in curves),
        steps_taken=replayed.steps_taken,
        steps_at_most=replayed.steps_taken + left,
        recorded_s=record.time_s,
        whole_s=whole_s,
        seconds=replayed.time_s,
    )
