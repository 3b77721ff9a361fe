"""Trials that go on later: their process died, or memory ran out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.errors import AutoclueError
from autoclue.records import Evaluation, TrialState
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.deaths import MOST_DEATHS, MOST_LOSSES, may_go_on
from autoclue.search.tuner.events import Job
from autoclue.search.tuner.trial_source import FixedConfigurations, SearchSource
from autoclue.search.tuner.tuner import Tuner

Evaluate = Callable[..., Evaluation]
DEATH = "The worker process was killed."


@pytest.fixture
def begun(make_tuner: Callable[..., Tuner], prepared: Prepared, evaluate: Evaluate) -> Tuner:
    """A tuner whose first trial has reported an evaluation."""
    tuner = make_tuner(trials=2)
    tuner.next_trial()
    tuner.prepared(0, prepared)
    tuner.evaluated(0, evaluate(100, 0.5))
    return tuner


def again(tuner: Tuner) -> Job:
    asked = tuner.next_trial()
    assert asked is not None
    return asked


def test_a_trial_whose_process_died_goes_on_behind_its_last_evaluation(begun: Tuner) -> None:
    begun.died(0, DEATH)
    asked = again(begun)

    assert (asked.number, asked.after_step) == (0, 100)
    trial = read_study(begun.ledger).trials[0]
    assert (trial.state, trial.restarts, trial.deaths) == (TrialState.RUNNING, 1, (DEATH,))
    assert begun.listeners[0].told[-2:] == [("requeued", 0), ("started", 0)]  # type: ignore[attr-defined]


def test_a_trial_that_dies_again_and_again_has_failed(begun: Tuner) -> None:
    for _ in range(MOST_DEATHS - 1):
        begun.died(0, DEATH)
        again(begun)
    begun.died(0, DEATH)

    trial = read_study(begun.ledger).trials[0]
    assert trial.state is TrialState.FAIL
    assert trial.failure == f"{DEATH} It has died {MOST_DEATHS} times."
    assert again(begun).number == 1


def test_an_evaluation_that_is_recorded_is_not_recorded_again(
    begun: Tuner, evaluate: Evaluate
) -> None:
    begun.died(0, DEATH)
    again(begun)

    assert begun.evaluated(0, evaluate(100, 0.4)) is None
    begun.evaluated(0, evaluate(300, 0.6))
    scores = [e.score for e in read_study(begun.ledger).trials[0].evaluations]
    assert scores == [0.5, 0.6]


def test_a_trial_requeued_after_the_last_ask_still_goes_on(
    begun: Tuner, evaluate: Evaluate
) -> None:
    begun.evaluated(0, evaluate(900, 0.6))
    begun.ended(0)
    last = again(begun)
    begun.parallel = 2
    assert begun.next_trial() is None
    assert begun.ending is not None
    begun.died(last.number, DEATH)

    assert not begun.done
    assert again(begun).number == last.number


def test_a_trial_that_gets_more_of_its_device_goes_on_as_it_is(begun: Tuner) -> None:
    begun.goes_on_later(0, "It goes on with more of a GPU.")
    asked = again(begun)

    assert (asked.number, asked.after_step) == (0, 100)
    assert asked.config.micro_batch_size == 32
    trial = read_study(begun.ledger).trials[0]
    assert (trial.restarts, trial.change, trial.deaths) == (1, None, ())
    begun.evaluated(0, replace(begun._live[0].evaluations[100], step=900))
    begun.ended(0)
    begun.goes_on_later(0, "It is closed.")
    assert begun.n_waiting == 0


def test_memory_that_runs_out_halves_the_micro_batch_once(begun: Tuner) -> None:
    begun.out_of_memory(0, "Out of memory error on GPU 0.")
    asked = again(begun)

    assert (asked.config.batch_size, asked.config.micro_batch_size) == (32, 16)
    assert asked.after_step == 100
    trial = read_study(begun.ledger).trials[0]
    assert trial.config == asked.config.model_dump()
    assert str(trial.change).startswith("memory ran out with 32 examples at once; it goes on with")
    begun.out_of_memory(0, "Out of memory error on GPU 0.", log="train.log")
    trial = read_study(begun.ledger).trials[0]
    assert (trial.failure, trial.log) == ("Out of memory error on GPU 0.", "train.log")


def test_a_halved_micro_batch_may_bring_a_slightly_other_schedule(
    begun: Tuner, make_tuner: Callable[..., Tuner], prepared: Prepared
) -> None:
    other = replace(prepared, total_steps=897.0, evaluation_steps=(100, 300, 600, 897))
    begun.out_of_memory(0, "Out of memory error on GPU 0.")
    again(begun)
    assert begun.prepared(0, other)
    restored = make_tuner(trials=2, ledger=begun.ledger)
    again(restored)

    assert restored.prepared(0, prepared)
    for tuner in (begun, restored):
        assert tuner._board[0].scores == [0.5]
    assert begun._board[0].evaluation_steps == other.evaluation_steps


def test_a_micro_batch_that_cannot_be_halved_fails(
    make_tuner: Callable[..., Tuner],
) -> None:
    tuner = make_tuner(trials=1)
    source = tuner.source
    assert isinstance(source, SearchSource)
    single = source.plan.baseline.model_copy(update={"batch_size": 1})
    source.plan = FixedConfigurations(source.plan.configure, single, source.plan.baseline_params)
    tuner.next_trial()
    tuner.out_of_memory(0, "Memory ran out.")

    assert read_study(tuner.ledger).trials[0].failure == "Memory ran out."


def test_a_trial_with_another_schedule_than_before_fails(begun: Tuner, prepared: Prepared) -> None:
    begun.died(0, DEATH)
    again(begun)

    assert not begun.prepared(0, replace(prepared, total_steps=901.0))
    failure = read_study(begun.ledger).trials[0].failure
    assert "began with a schedule of 900 steps" in str(failure)


def test_deaths_count_over_interruptions(begun: Tuner, make_tuner: Callable[..., Tuner]) -> None:
    tuner = begun
    for _ in range(MOST_DEATHS):
        tuner.died(0, DEATH)
        tuner = make_tuner(ledger=begun.ledger)
        tuner.next_trial()

    assert read_study(begun.ledger).trials[0].state is TrialState.FAIL


def test_nothing_is_written_where_the_lease_is_lost(begun: Tuner, evaluate: Evaluate) -> None:
    def lost() -> None:
        raise PermissionError("another driver")

    before = read_study(begun.ledger)
    begun.check = lost
    with pytest.raises(PermissionError, match="another driver"):
        begun.evaluated(0, evaluate(300, 0.6))
    with pytest.raises(PermissionError, match="another driver"):
        begun.ended(0)

    assert read_study(begun.ledger) == before


def test_a_trial_whose_machine_is_lost_again_and_again_goes_on(
    make_tuner: Callable[..., Tuner],
) -> None:
    tuner = make_tuner(trials=1)
    for _ in range(2 * MOST_DEATHS):
        assert tuner.next_trial() is not None
        tuner.died(0, "Its machine was lost.", with_machine=True)

    found = tuner.ledger.trial(0).attributes

    assert (len(found.losses), found.deaths, tuner.n_waiting) == (2 * MOST_DEATHS, (), 1)


@pytest.mark.parametrize("times", [MOST_LOSSES, 2 * MOST_LOSSES])
def test_a_trial_that_loses_machines_without_end_halts_the_search_and_has_not_failed(
    times: int,
) -> None:
    assert may_go_on(0, "losses", times - 1)
    with pytest.raises(AutoclueError, match=rf"Trial 0 has lost its machine {times} times, and"):
        may_go_on(0, "losses", times)
    assert may_go_on(0, "losses", times + 1)


def test_the_want_of_memory_is_counted_apart(make_tuner: Callable[..., Tuner]) -> None:
    tuner = make_tuner(trials=1)
    for starved in (True, False, True, False):
        tuner.next_trial()
        tuner.died(0, DEATH, starved=starved)
    found = tuner.ledger.trial(0)
    assert (len(found.attributes.starvations), len(found.attributes.deaths)) == (2, 2)
    tuner.next_trial()
    tuner.died(0, DEATH, starved=True)
    assert tuner.ledger.trial(0).state is TrialState.FAIL
