"""A search cut off at any moment and taken up again ends as one that was not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import optuna
import pytest

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace
from autoclue.training import TrialConfig
from tests.search.mortal import CutOffError, Mortal

MakeTuner = Callable[..., Tuner]
OpenInMemory = Callable[..., Ledger]
Plain = Callable[[StudyRecord], list[dict[str, object]]]
Run = Callable[..., StudyRecord]
Curve = Callable[[TrialConfig], Iterator[Evaluation]]
TRIALS = 10


@pytest.fixture
def attempt(
    make_tuner: MakeTuner, open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run
) -> Callable[..., int]:
    """Runs a search on a storage until it ends or is cut off, and counts the writes."""

    def attempt_(
        backend: optuna.storages.InMemoryStorage, writes: int | None, **changes: Any
    ) -> int:
        storage = Mortal(backend, None)
        ledger = open_in_memory(storage)
        storage.left, storage.done = writes, 0
        tuner = make_tuner(ledger=ledger, space=wide_space, trials=TRIALS, **changes)
        run(tuner)
        return storage.done

    return attempt_


@pytest.fixture
def interrupted(attempt: Callable[..., int]) -> Callable[..., optuna.storages.InMemoryStorage]:
    """Runs a search in several attempts, each of the first ones cut off after some writes."""

    def run_(*cuts: int, **changes: Any) -> optuna.storages.InMemoryStorage:
        backend = optuna.storages.InMemoryStorage()
        for writes in cuts:
            with pytest.raises(CutOffError, match="the process has died"):
                attempt(backend, writes, **changes)
        attempt(backend, None, **changes)
        return backend

    return run_


def read(backend: optuna.storages.InMemoryStorage, open_in_memory: OpenInMemory) -> StudyRecord:
    return read_study(open_in_memory(backend))


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_search_cut_off_after_any_write_ends_as_if_it_had_not_been(
    attempt: Callable[..., int], interrupted: Callable[..., Any], open_in_memory: OpenInMemory,
    plain: Plain, sampler: str,
) -> None:  # fmt: skip
    whole = optuna.storages.InMemoryStorage()
    writes = attempt(whole, None, sampler=sampler)
    expected = plain(read(whole, open_in_memory))

    differing = [
        cut
        for cut in range(1, writes)
        if plain(read(interrupted(cut, sampler=sampler), open_in_memory)) != expected
    ]

    assert writes > 100
    assert {trial["state"] for trial in expected} == set(TrialState) - {TrialState.RUNNING}
    assert differing == []


def test_a_search_with_an_update_budget_ends_alike_wherever_it_was_cut_off(
    attempt: Callable[..., int], interrupted: Callable[..., Any], open_in_memory: OpenInMemory,
    plain: Plain,
) -> None:  # fmt: skip
    whole = optuna.storages.InMemoryStorage()
    writes = attempt(whole, None, step_budget=2000)
    expected = plain(read(whole, open_in_memory))

    differing = [
        cut
        for cut in range(1, writes)
        if plain(read(interrupted(cut, step_budget=2000), open_in_memory)) != expected
    ]

    assert "steps was spent" in str(expected[-1]["stop"])
    assert differing == []


def test_samplers_are_told_every_score_wherever_a_search_was_cut_off(
    attempt: Callable[..., int], interrupted: Callable[..., Any], open_in_memory: OpenInMemory
) -> None:
    def told(backend: optuna.storages.InMemoryStorage) -> list[Mapping[int, float]]:
        return [trial.scores for trial in open_in_memory(backend).trials()]

    whole = optuna.storages.InMemoryStorage()
    writes = attempt(whole, None, sampler="random")
    cuts = range(1, writes)

    differing = [c for c in cuts if told(interrupted(c, sampler="random")) != told(whole)]

    assert differing == []


def test_a_search_cut_off_again_and_again_ends_as_if_it_had_not_been(
    interrupted: Callable[..., Any], open_in_memory: OpenInMemory, plain: Plain
) -> None:
    whole = plain(read(interrupted(), open_in_memory))

    cut = interrupted(30, 20, 25, 5, 1, 2, 3, 15, 20)

    assert plain(read(cut, open_in_memory)) == whole


@pytest.mark.parametrize("cut", range(3, 120, 9))
def test_parallel_trials_cut_off_are_all_run_and_none_twice(
    interrupted: Callable[..., Any], open_in_memory: OpenInMemory, cut: int
) -> None:
    study = read(interrupted(cut, parallel=3), open_in_memory)

    assert [trial.number for trial in study.trials] == list(range(TRIALS))
    assert all(trial.state is not TrialState.RUNNING for trial in study.trials)
    assert len({repr(trial.config) for trial in study.trials}) == TRIALS
    assert [trial.number for trial in study.trials if trial.baseline] == [0]
    assert all(t.stop is None or t.evaluations[-1].step == t.stop.step for t in study.trials)


@pytest.fixture
def left_running(
    make_tuner: MakeTuner, prepared: Prepared, evaluate: Callable[..., Evaluation]
) -> Tuner:
    """A tuner that was lost with trials 0 and 2 running and trial 1 complete."""
    tuner = make_tuner(parallel=3)
    for number in range(3):
        tuner.next_trial()
        tuner.prepared(number, prepared)
        tuner.evaluated(number, evaluate(100, 0.5 + number / 10))
    tuner.evaluated(1, evaluate(900, 0.7))
    tuner.ended(1)
    return tuner


def test_trials_left_running_are_run_first_with_the_same_settings(
    left_running: Tuner, make_tuner: MakeTuner
) -> None:
    before = read_study(left_running.ledger)
    again = make_tuner(parallel=3, ledger=left_running.ledger)

    asked = [again.next_trial(), again.next_trial(), again.next_trial()]

    numbers = [-1 if each is None else each.number for each in asked]
    configs = [None if each is None else each.config.model_dump() for each in asked]
    assert numbers == [0, 2, 3]
    assert configs[:2] == [before.trials[0].config, before.trials[2].config]


def test_restarts_are_counted_when_a_trial_begins_again(
    left_running: Tuner, make_tuner: MakeTuner
) -> None:
    again = make_tuner(parallel=1, ledger=left_running.ledger)
    again.next_trial()

    restarts = [trial.restarts for trial in read_study(again.ledger).trials]
    assert restarts == [1, 0, 0]


def test_trials_left_running_are_run_even_when_fewer_trials_are_asked_for(
    left_running: Tuner, make_tuner: MakeTuner, run: Run, steady: Curve
) -> None:
    study = run(make_tuner(trials=1, ledger=left_running.ledger), steady)

    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 3


def test_rungs_hold_what_earlier_trials_scored_there(
    make_tuner: MakeTuner, run: Run, prepared: Prepared,
    evaluate: Callable[..., Evaluation],
) -> None:  # fmt: skip
    first = make_tuner(trials=5, scheduler=None)
    scored = sum(bool(trial.evaluations) for trial in run(first).trials)
    again = make_tuner(trials=6, ledger=first.ledger)
    asked = again.next_trial()
    number = -1 if asked is None else asked.number
    again.prepared(number, prepared)

    stop = again.evaluated(number, evaluate(100, 0.01))

    assert stop is not None
    assert stop.comparators == scored >= 3


def test_failures_before_the_interruption_do_not_make_a_study_hopeless(
    make_tuner: MakeTuner, run: Run
) -> None:
    def blows_up(config: TrialConfig) -> Iterator[Evaluation]:
        raise TrialFailedError("loss is nan")
        yield

    first = make_tuner(trials=12)
    run(first, blows_up)
    study = run(make_tuner(trials=12, ledger=first.ledger))

    assert [trial.state for trial in study.trials[:3]] == [TrialState.FAIL] * 3
    assert len(study.trials) == 12
    assert study.winner is not None


def test_a_study_that_has_scored_is_never_hopeless_again(make_tuner: MakeTuner, run: Run) -> None:
    first = make_tuner(trials=1)
    run(first)
    again = make_tuner(trials=12, ledger=first.ledger)
    for _ in range(5):
        asked = again.next_trial()
        again.failed(-1 if asked is None else asked.number, "It blew up.")

    assert again.ending is None


def test_a_study_on_disk_goes_on_as_one_that_was_never_closed(
    make_tuner: MakeTuner, run: Run, plain: Plain, wide_space: SearchSpace,
    ledger: Ledger, storage: str, facts: Mapping[str, object],
) -> None:  # fmt: skip
    def lose_power() -> None:
        if next(ticks) == 17:
            raise CutOffError("the process has died")

    ticks = itertools.count()
    with pytest.raises(CutOffError, match="the process has died"):
        run(make_tuner(ledger=ledger, space=wide_space), tick=lose_power)
    reopened = Ledger.open(storage, "study")
    study = run(make_tuner(ledger=reopened, space=wide_space))

    assert plain(study) == plain(run(make_tuner(space=wide_space)))
    assert sum(trial.restarts for trial in study.trials) == 1
