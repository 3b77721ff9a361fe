from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from autoclue.errors import TrialFailedError, UsageError
from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.stopping import Asha
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import HOPELESS_FAILURES, Tuner
from autoclue.space import SearchSpace
from autoclue.training import TrialConfig

Evaluate = Callable[..., Evaluation]
MakeTuner = Callable[..., Tuner]
Run = Callable[..., StudyRecord]
LAST = 900


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s

    def pass_ten_seconds(self) -> None:
        self.now_s += 10.0


def blows_up(config: TrialConfig) -> Iterator[Evaluation]:
    raise TrialFailedError("loss is nan at step 1")
    yield


def says_nothing(config: TrialConfig) -> Iterator[Evaluation]:
    return iter(())


@pytest.fixture
def begin(make_tuner: MakeTuner, prepared: Prepared) -> Callable[..., Tuner]:
    """A tuner whose first trials, the baseline among them, stand before their first update."""

    def begin_(live: int = 1, **changes: Any) -> Tuner:
        tuner = make_tuner(parallel=live, **changes)
        for _ in range(live):
            asked = tuner.next_trial()
            tuner.prepared(-1 if asked is None else asked.number, prepared)
        return tuner

    return begin_


def test_the_baseline_is_the_first_trial(make_tuner: MakeTuner, run: Run) -> None:
    study = run(make_tuner(trials=5))

    assert [trial.baseline for trial in study.trials] == [True] + [False] * 4
    assert study.trials[0].config["strategy"] == "uniform"
    assert study.trials[0].params == {"learning_rate": 2e-5, "batch_size": 32}


def test_the_baseline_is_never_stopped(begin: Callable[..., Tuner], evaluate: Evaluate) -> None:
    tuner = begin(6)
    for number in range(1, 6):
        tuner.evaluated(number, evaluate(100, 0.8))

    assert tuner.evaluated(0, evaluate(100, 0.1)) is None
    assert tuner.evaluated(0, evaluate(300, 0.1)) is None


def test_a_study_has_as_many_trials_as_asked_for(make_tuner: MakeTuner, run: Run) -> None:
    tuner = make_tuner(trials=7)

    assert len(run(tuner).trials) == 7
    assert tuner.ending == "all 7 trials have been asked"
    assert tuner.done


@pytest.mark.parametrize("parallel", [1, 2, 3, 5])
def test_no_more_trials_run_at_once_than_allowed(
    make_tuner: MakeTuner, run: Run, parallel: int
) -> None:
    tuner = make_tuner(parallel=parallel)

    study = run(tuner)

    ends = {state.value for state in TrialState}
    told = [what for what, _ in tuner.listeners[0].told]  # type: ignore[attr-defined]
    live = [
        told[:i].count("started") - sum(word in ends for word in told[:i])
        for i in range(len(told) + 1)
    ]
    assert (max(live), live[-1]) == (parallel, 0)
    assert len({repr(trial.params) for trial in study.trials}) == len(study.trials) == 12


def test_there_is_no_room_until_a_trial_ends(begin: Callable[..., Tuner]) -> None:
    tuner = begin(2, trials=12)

    assert tuner.next_trial() is None
    assert tuner.ending is None
    tuner.failed(1, "It blew up.")
    assert tuner.next_trial() is not None


def test_a_trial_behind_is_stopped_and_recorded_with_its_reason(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin(4)
    for number in range(3):
        tuner.evaluated(number, evaluate(100, 0.7))

    stop = tuner.evaluated(3, evaluate(100, 0.4))

    trial = read_study(tuner.ledger).trials[3]
    assert stop is not None
    assert (trial.state, trial.stop) == (TrialState.PRUNED, stop)
    assert (stop.step, stop.rung, stop.comparators) == (100, 1 / 9, 3)
    assert tuner.listeners[0].reasons == {3: stop.reason}  # type: ignore[attr-defined]
    assert "0.4000 at 11% of its schedule is below 0.7000" in stop.reason


def test_a_trial_is_compared_by_its_best_score_so_far(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin(5)
    for number in range(4):
        tuner.evaluated(number, evaluate(50, 0.8 if number == 1 else 0.1))
        tuner.evaluated(number, evaluate(100, 0.6))
    tuner.evaluated(4, evaluate(50, 0.7))

    assert tuner.evaluated(4, evaluate(100, 0.2)) is None
    assert tuner.evaluated(4, evaluate(150, 0.2)) is None


def test_a_trial_is_compared_with_the_best_scores_so_far_of_others(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin(4)
    for number in range(3):
        tuner.evaluated(number, evaluate(50, 0.8))
        tuner.evaluated(number, evaluate(100, 0.1))

    stop = tuner.evaluated(3, evaluate(100, 0.7))

    assert stop is not None
    assert stop.cutoff == 0.8


def test_without_a_rule_nothing_is_stopped(make_tuner: MakeTuner, run: Run) -> None:
    study = run(make_tuner(scheduler=None))

    states = {trial.state for trial in study.trials}
    assert states == {TrialState.COMPLETE, TrialState.FAIL}


def test_a_complete_trial_has_its_best_score(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin()
    tuner.evaluated(0, evaluate(100, 0.8))
    tuner.evaluated(0, evaluate(LAST, 0.6))
    tuner.ended(0)

    assert tuner.ledger.trials()[0].value == 0.8
    assert read_study(tuner.ledger).winner == read_study(tuner.ledger).trials[0]


def test_a_failure_is_recorded_with_its_reason(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin()
    tuner.evaluated(0, evaluate(100, 0.8))
    tuner.failed(0, "train_loss is nan at step 101")

    trial = read_study(tuner.ledger).trials[0]
    assert (trial.state, trial.failure) == (TrialState.FAIL, "train_loss is nan at step 101")
    assert [e.step for e in trial.evaluations] == [100]


def test_a_trial_that_says_nothing_has_failed(make_tuner: MakeTuner, run: Run) -> None:
    study = run(make_tuner(trials=1), says_nothing)

    assert study.trials[0].failure == "It ended without any evaluation."


@pytest.mark.parametrize("parallel", [1, 2, 5])
def test_a_hopeless_study_ends_early(make_tuner: MakeTuner, run: Run, parallel: int) -> None:
    tuner = make_tuner(parallel=parallel)

    study = run(tuner, blows_up)

    failures = len(study.trials)
    assert tuner.ending == f"the first {failures} trials all failed"
    assert HOPELESS_FAILURES <= failures < max(HOPELESS_FAILURES, parallel) + parallel
    assert {trial.failure for trial in study.trials} == {"loss is nan at step 1"}


def test_failures_after_a_score_are_no_reason_to_end(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin(trials=12)
    tuner.evaluated(0, evaluate(100, 0.5))
    tuner.ended(0)
    for _ in range(HOPELESS_FAILURES + 2):
        asked = tuner.next_trial()
        tuner.failed(-1 if asked is None else asked.number, "It blew up.")

    assert tuner.ending is None


def test_the_time_budget_stops_asking_and_running(make_tuner: MakeTuner, run: Run) -> None:
    clock = Clock()
    tuner = make_tuner(parallel=2, clock=clock, deadline_s=45.0)

    study = run(tuner, tick=clock.pass_ten_seconds)

    stopped = [trial.stop for trial in study.trials if trial.stop is not None]
    assert tuner.ending == "the time budget is spent"
    assert len(study.trials) == 2
    assert [stop.reason for stop in stopped][-1] == "the time budget was spent"
    assert (stopped[-1].rung, stopped[-1].cutoff, stopped[-1].comparators) == (None, None, 0)
    assert all(trial.state is not TrialState.RUNNING for trial in study.trials)


def test_the_time_budget_stops_the_baseline_too(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    clock = Clock()
    tuner = begin(clock=clock, deadline_s=5.0)

    assert tuner.evaluated(0, evaluate(100, 0.5)) is None
    clock.pass_ten_seconds()
    stop = tuner.evaluated(0, evaluate(300, 0.4))
    assert stop is not None
    assert (stop.reason, stop.step, stop.score) == ("the time budget was spent", 300, 0.5)


def test_a_trial_at_its_last_evaluation_is_not_stopped(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    clock = Clock()
    tuner = begin(clock=clock, deadline_s=5.0)
    clock.pass_ten_seconds()

    assert tuner.evaluated(0, evaluate(LAST, 0.5)) is None
    tuner.ended(0)
    assert read_study(tuner.ledger).trials[0].state is TrialState.COMPLETE


def test_a_budget_spent_before_the_start_asks_nothing(make_tuner: MakeTuner) -> None:
    tuner = make_tuner(clock=Clock(10.0), deadline_s=10.0)

    assert tuner.next_trial() is None
    assert tuner.done
    assert read_study(tuner.ledger).trials == ()


def test_late_events_of_a_closed_trial_are_not_recorded(
    begin: Callable[..., Tuner], evaluate: Evaluate, prepared: Prepared
) -> None:
    tuner = begin(2)
    tuner.evaluated(1, evaluate(100, 0.5))
    tuner.failed(1, "The worker process died.")
    before = read_study(tuner.ledger)

    tuner.prepared(1, prepared)
    stop = tuner.evaluated(1, evaluate(300, 0.9))
    tuner.failed(1, "Something else.")
    tuner.ended(1)

    assert stop is not None
    assert stop.reason == "the trial is closed already"
    assert read_study(tuner.ledger) == before
    assert tuner.listeners[0].told[-1] == ("FAIL", 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["score", "dev_loss", "train_loss"])
def test_an_evaluation_that_is_not_finite_is_refused(
    begin: Callable[..., Tuner], evaluate: Evaluate, name: str
) -> None:
    tuner = begin()
    values: dict[str, Any] = {"score": 0.5, "dev_loss": 0.5, name: math.nan}

    with pytest.raises(UsageError, match=f"Trial 0 reported .*: {name} is nan at step 100"):
        tuner.evaluated(0, evaluate(100, **values))

    assert read_study(tuner.ledger).trials[0].evaluations == ()


def test_a_finite_space_ends_the_search(make_tuner: MakeTuner, run: Run) -> None:
    tuner = make_tuner(trials=100)

    study = run(tuner)

    assert tuner.ending == "every configuration of the space has been tried"
    assert len(study.trials) == 12


def test_a_finite_space_waits_for_what_still_runs(begin: Callable[..., Tuner]) -> None:
    tuner = begin(12, trials=100)

    tuner.parallel = 13
    assert tuner.next_trial() is None
    assert tuner.ending == "every configuration of the space has been tried"
    assert not tuner.done


@pytest.mark.parametrize("sampler", ["tpe", "random", "grid"])
def test_more_trials_asked_for_later_continue_the_study(
    make_tuner: MakeTuner, run: Run, plain: Callable[[StudyRecord], Any], sampler: str
) -> None:
    first = make_tuner(sampler=sampler, trials=4)
    run(first)
    more = run(make_tuner(sampler=sampler, trials=11, ledger=first.ledger))

    assert plain(more) == plain(run(make_tuner(sampler=sampler, trials=11)))


def test_a_finished_study_asks_nothing_more(make_tuner: MakeTuner, run: Run) -> None:
    first = make_tuner(trials=4)
    study = run(first)
    again = make_tuner(trials=4, ledger=first.ledger)

    assert again.done
    assert again.next_trial() is None
    assert read_study(again.ledger) == study


def test_the_listener_hears_everything_in_order(
    begin: Callable[..., Tuner], evaluate: Evaluate
) -> None:
    tuner = begin()
    tuner.evaluated(0, evaluate(100, 0.5))
    tuner.ended(0)

    assert tuner.listeners[0].told == [  # type: ignore[attr-defined]
        ("started", 0), ("prepared", 0), ("evaluated", 0), ("COMPLETE", 0),
    ]  # fmt: skip


def test_a_search_without_a_grid_stops_some_and_keeps_its_best(
    make_tuner: MakeTuner, run: Run, wide_space: SearchSpace
) -> None:
    stopping = run(make_tuner(space=wide_space, trials=16))
    patient = run(make_tuner(space=wide_space, trials=16, scheduler=None))

    stopped = [trial for trial in stopping.trials if trial.stop is not None]
    assert len(stopped) > 4
    assert stopping.winner is not None
    assert patient.winner is not None
    assert stopping.winner.best_score == pytest.approx(patient.winner.best_score, abs=0.02)


def test_the_rule_decides_how_many_are_stopped(make_tuner: MakeTuner, run: Run) -> None:
    careful = run(make_tuner(scheduler=Asha(min_comparators=8)))
    usual = run(make_tuner(scheduler=Asha()))

    stops = [sum(t.stop is not None for t in study.trials) for study in (careful, usual)]
    assert 0 < stops[0] < stops[1]
