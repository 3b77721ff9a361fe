"""Members that go on from the better half of the round before, over scripted curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import optuna
import pytest

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, StateRef, StudyRecord, TrialState
from autoclue.search.sampling import Proposer, find_population
from autoclue.search.store import Prepared, StoredState
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.tuner.generations import GenerationSource, GoingOn, PopulationBreeder
from autoclue.search.tuner.trial_source import FixedConfigurations
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace
from autoclue.training import TrialConfig
from tests.search.mortal import CutOffError, Mortal
from tests.search.tuner.test_generations import BASELINE, configure, whole

Run = Callable[..., StudyRecord]
OpenInMemory = Callable[..., Ledger]
MEMBERS, ROUNDS = 4, 3


def tuner_over(
    ledger: Ledger, space: SearchSpace, *, going_on: GoingOn | None = None, rounds: int = ROUNDS,
    parallel: int = 1, retry: tuple[int, ...] = (), **limits: Any,
) -> Tuner:  # fmt: skip
    population = find_population("pshe2")
    assert population is not None
    breeder = PopulationBreeder.around(population, space, BASELINE, size=MEMBERS, seed=7)
    plan = FixedConfigurations(configure, configure(BASELINE), BASELINE)
    source = GenerationSource(
        *(ledger, Proposer(space, "pshe2", 7), plan, breeder, rounds, retry),
        going_on or GoingOn(epochs=1),
    )
    tuner = Tuner(ledger, source, None, parallel, (), leaves_states=True, **limits)
    tuner.restore()
    return tuner


@pytest.fixture
def attempt(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, plain: Callable[..., Any]
) -> Callable[..., tuple[int, list[object]]]:
    """Runs a search on a storage until it ends or is cut off; gives its writes and its ledger."""

    def attempt_(
        backend: optuna.storages.InMemoryStorage, writes: int | None, **changes: Any
    ) -> tuple[int, list[object]]:
        storage = Mortal(backend, None)
        ledger = open_in_memory(storage)
        storage.left, storage.done = writes, 0
        study = run(tuner_over(ledger, wide_space, **changes))
        starts = [trial.attributes.start_from for trial in ledger.committed()]
        return storage.done, [starts, *whole(ledger, plain, study)]

    return attempt_


def test_members_cut_off_after_any_write_go_on_from_the_same_ones(
    attempt: Callable[..., Any],
) -> None:
    writes, expected = attempt(optuna.storages.InMemoryStorage(), None)
    differing = []

    for cut in range(1, writes):
        backend = optuna.storages.InMemoryStorage()
        with pytest.raises(CutOffError, match="the process has died"):
            attempt(backend, cut)
        if attempt(backend, None)[1] != expected:
            differing.append(cut)

    assert writes > 100
    assert differing == []


def test_more_rounds_go_on_as_if_they_had_been_asked_for_at_once(
    attempt: Callable[..., Any],
) -> None:
    backend = optuna.storages.InMemoryStorage()
    attempt(backend, None, rounds=2)

    at_once = attempt(optuna.storages.InMemoryStorage(), None, rounds=4)
    assert attempt(backend, None, rounds=4)[1] == at_once[1]


def test_each_goes_on_from_the_better_half_of_the_round_before(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run
) -> None:
    tuner = tuner_over(open_in_memory(), wide_space)
    study = run(tuner)
    ledger, generations = tuner.ledger, tuner.ledger.attributes.rounds

    assert [len(each.parents) for each in generations.values()] == [0, MEMBERS, MEMBERS]
    for number in (1, 2):
        ranked = sorted(generations[number].compared, key=lambda each: each.rank)
        better = [each.trial for each in ranked[:2]]
        assert generations[number].parents == (*better, *better)
        for member, parent in zip(study.rounds[number], generations[number].parents, strict=True):
            config = TrialConfig.model_validate(ledger.trial(member.trial or 0).config)
            assert config.parent == TrialConfig.model_validate(ledger.trial(parent).config)
            assert (config.epochs, len(config.earlier), member.parent) == (1, number, parent)
    assert study.constant_member == max(
        (study.trials[n] for n in range(1, 1 + MEMBERS)), key=lambda t: t.best_score or 0.0
    )


def test_a_member_is_compared_by_its_last_score_which_is_where_others_go_on(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run,
    evaluate: Callable[..., Evaluation],
) -> None:  # fmt: skip
    def falling(config: TrialConfig) -> Iterator[Evaluation]:
        yield evaluate(100, 0.9)
        yield evaluate(900, config.learning_rate * 1000)

    tuner = tuner_over(open_in_memory(), wide_space, rounds=2)
    run(tuner, falling)

    compared = tuner.ledger.attributes.rounds[1].compared
    rates = {t.number: configure(t.params).learning_rate for t in tuner.ledger.committed()[:5]}
    assert [each.score for each in compared] == [rates[each.trial] * 1000 for each in compared]


def test_the_same_settings_after_another_training_are_another_trial() -> None:
    own, carried = configure({**BASELINE, "learning_rate": 3e-5}), GoingOn(None, "optimizer")
    first, second = configure(BASELINE), configure({**BASELINE, "batch_size": 16})
    keys = {
        own.key,
        GoingOn(1).configure(own, first).key,
        GoingOn(2).configure(own, first).key,
        GoingOn(1).configure(own, second).key,
        carried.configure(own, first).key,
    }
    assert len(keys) == 5
    assert carried.configure(own, first).epochs == own.epochs == 3


def test_a_state_is_named_by_the_ledger_and_kept_until_others_have_begun(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, prepared: Prepared,
    evaluate: Callable[..., Evaluation],
) -> None:  # fmt: skip
    tuner = tuner_over(open_in_memory(), wide_space, rounds=2)
    source = tuner.source
    for number in range(1 + MEMBERS):
        job = tuner.next_trial()
        assert job is not None
        assert job.leaves_state
        tuner.prepared(number, prepared)
        state = StoredState(f"trials/{number}/state", f"{number}" * 64)
        tuner.evaluated(number, evaluate(900, 0.1 * number), state=state)
        tuner.ended(number)

    undecided = [number for number in range(1 + MEMBERS) if source.needs_state(number)]
    child = tuner.next_trial()

    assert undecided == [1, 2, 3, 4]
    assert child is not None
    assert child.start_from == StateRef(4, sha256="4" * 64)
    needed = [number for number in range(6) if source.needs_state(number)]
    for _ in range(MEMBERS):
        tuner.prepared(child.number, prepared)
        tuner.evaluated(child.number, evaluate(100, 0.5))
        tuner.ended(child.number)
        child = tuner.next_trial() or child
    assert needed == [3, 4]
    assert [number for number in range(9) if source.needs_state(number)] == []


def test_a_failed_member_is_asked_again_on_top_of_the_same_one(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, steady: Any
) -> None:
    def later_ones_fail(config: TrialConfig) -> Iterator[Evaluation]:
        if config.earlier:
            raise TrialFailedError("no memory")
        yield from steady(config)

    ledger = open_in_memory()
    first = tuner_over(ledger, wide_space)
    run(first, later_ones_fail)
    failed = tuple(t.number for t in ledger.committed() if t.state is TrialState.FAIL)
    again = tuner_over(ledger, wide_space, retry=failed)
    study = run(again, steady)
    starts: Mapping[int, object] = {t.number: t.attributes.start_from for t in ledger.committed()}

    assert first.ending == "no member of the last round has come to an end to go on from"
    assert tuner_over(ledger, wide_space).ending is None
    assert [starts[n + 4] for n in failed] == [starts[n] for n in failed]
    assert len(study.standing) == 1 + ROUNDS * MEMBERS
    assert again.ending == "all 3 rounds have been asked"


def test_the_recipe_is_trained_again_beside_the_best_that_went_on_from_none(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run,
    evaluate: Callable[..., Evaluation],
) -> None:  # fmt: skip
    from autoclue.search.study.confirmation import make_request, with_seed

    def rising(config: TrialConfig) -> Iterator[Evaluation]:
        yield evaluate(900, 0.5 + 0.1 * len(config.earlier) + config.learning_rate)

    ledger = open_in_memory()
    study = run(tuner_over(ledger, wide_space), rising)
    request = make_request(read_study(ledger), 1, 2)
    winner, constant = study.winner, study.constant_member
    assert winner is not None
    assert constant is not None
    again = with_seed(winner, 7)

    assert request.candidates == (winner.number, constant.number, 0)
    assert constant.number in range(1, 1 + MEMBERS)
    assert (again.seed, {each["seed"] for each in again.earlier}) == (7, {7})
