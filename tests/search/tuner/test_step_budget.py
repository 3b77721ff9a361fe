"""A search that may take so many updates and no more; scripted curves, a ledger in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import Limits
from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner
from autoclue.training import TrialConfig

MakeTuner = Callable[..., Tuner]
Run = Callable[..., StudyRecord]
Evaluate = Callable[..., Evaluation]
Curve = Callable[[TrialConfig], Iterator[Evaluation]]
SCHEDULE = 900


def taken(study: StudyRecord) -> int:
    return sum(trial.evaluations[-1].step for trial in study.trials if trial.evaluations)


def test_no_trial_begins_once_the_updates_are_spent(make_tuner: MakeTuner, run: Run) -> None:
    tuner = make_tuner(scheduler=None, step_budget=2 * SCHEDULE)

    study = run(tuner)

    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 2
    assert tuner.ending == "the budget of 1,800 steps is spent"
    assert tuner.steps_taken == taken(study) == 2 * SCHEDULE


@pytest.mark.parametrize(("budget", "stopped_after"), [(901, 100), (1000, 100), (1001, 300)])
def test_a_trial_stops_at_the_first_evaluation_that_spends_the_budget(
    make_tuner: MakeTuner, run: Run, budget: int, stopped_after: int
) -> None:
    study = run(make_tuner(scheduler=None, step_budget=budget))

    stop = study.trials[-1].stop
    assert stop is not None
    assert (len(study.trials), stop.step) == (2, stopped_after)
    assert stop.reason == f"the budget of {budget:,} steps was spent"
    assert (stop.rung, stop.cutoff, stop.comparators) == (None, None, 0)


def test_updates_of_parallel_trials_count_together(
    make_tuner: MakeTuner, run: Run, steady: Curve
) -> None:
    study = run(make_tuner(scheduler=None, parallel=3, step_budget=1200), steady)

    assert [trial.evaluations[-1].step for trial in study.trials] == [600, 600, 600]
    assert all(trial.stop is not None for trial in study.trials)


def test_updates_of_earlier_runs_count(
    open_in_memory: Callable[..., Ledger],
    make_tuner: MakeTuner,
    run: Run,
    steady: Curve,
) -> None:
    ledger = open_in_memory()
    run(make_tuner(ledger=ledger, scheduler=None, step_budget=SCHEDULE), steady)

    spent = make_tuner(ledger=ledger, scheduler=None, step_budget=SCHEDULE)
    more = make_tuner(ledger=ledger, scheduler=None, step_budget=3 * SCHEDULE)

    assert spent.done
    assert not more.done
    assert len(run(more, steady).trials) == 3


def test_a_trial_left_running_goes_on_to_its_next_evaluation_and_is_then_stopped(
    open_in_memory: Callable[..., Ledger],
    make_tuner: MakeTuner,
    run: Run,
    prepared: Prepared,
    evaluate: Evaluate,
) -> None:
    ledger = open_in_memory()
    crashed = make_tuner(ledger=ledger, scheduler=None)
    crashed.next_trial()
    crashed.prepared(0, prepared)
    crashed.evaluated(0, evaluate(300, 0.5))

    study = run(make_tuner(ledger=ledger, scheduler=None, step_budget=200))

    assert [(t.state, t.evaluations[-1].step) for t in study.trials] == [(TrialState.PRUNED, 600)]


def test_a_budget_of_no_updates_is_refused() -> None:
    with pytest.raises(UsageError, match="step_budget is 0, but must be at least 1"):
        read_options(Limits, {"step_budget": 0})
