"""Populations over scripted curves: what is asked when, and that no interruption changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import optuna
import pytest

from autoclue.errors import TrialFailedError
from autoclue.options import StudySpec
from autoclue.records import Evaluation, Scalar, StudyRecord, TrialState
from autoclue.search.replay.audit import replay_asks
from autoclue.search.sampling import Proposer, find_population
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import (
    Generation,
    MemberPlace,
    SpaceVersion,
    StoredLimits,
    StudyAttributes,
)
from autoclue.search.tuner.events import Job
from autoclue.search.tuner.generations import GenerationSource, PopulationBreeder
from autoclue.search.tuner.trial_source import FixedConfigurations
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training import TrialConfig
from tests.search.conftest import scripted
from tests.search.mortal import CutOffError, Mortal

Run = Callable[..., StudyRecord]
Curve = Callable[[TrialConfig], Iterator[Evaluation]]
OpenInMemory = Callable[..., Ledger]
MEMBERS, ROUNDS = 3, 3
BASELINE: Mapping[str, Scalar] = {"learning_rate": 2e-5, "batch_size": 32, "factor": 1.0}
POPULATIONS = ["hazero", "pshe2", "pshe2:variant=paddlehub-1.4"]
every_population = pytest.mark.parametrize("sampler", POPULATIONS)


def configure(params: Mapping[str, Scalar]) -> TrialConfig:
    return TrialConfig.model_validate(
        {
            "task": "xnli",
            "model": "builtin",
            "epochs": 3,
            "max_length_tokens": 128,
            **{k: v for k, v in params.items() if k != "factor"},
            "strategy_params": {k: v for k, v in params.items() if k == "factor"},
        }
    )


def tuner_over(
    ledger: Ledger, space: SearchSpace, sampler: str, *, parallel: int = 1,
    size: int = MEMBERS, rounds: int = ROUNDS, retry: tuple[int, ...] = (), **limits: Any,
) -> Tuner:  # fmt: skip
    population = find_population(sampler)
    assert population is not None
    breeder = PopulationBreeder.around(population, space, BASELINE, size=size, seed=7)
    plan = FixedConfigurations(configure, configure(BASELINE), BASELINE)
    proposer = Proposer(space, sampler, 7)
    source = GenerationSource(ledger, proposer, plan, breeder, rounds, retry)
    tuner = Tuner(ledger, source, None, parallel, (), **limits)
    tuner.restore()
    return tuner


def whole(ledger: Ledger, plain: Callable[..., Any], study: StudyRecord) -> list[object]:
    """All that must be equal in two ledgers: trials, members and generations."""
    members = [trial.attributes.member for trial in ledger.committed()]
    keys = [trial.attributes.key for trial in ledger.committed()]
    return [plain(study), members, keys, ledger.attributes.generations, len(ledger.trials())]


@pytest.fixture
def attempt(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, plain: Callable[..., Any]
) -> Callable[..., tuple[int, list[object]]]:
    """Runs a search on a storage until it ends or is cut off; gives its writes and its ledger."""

    def attempt_(
        backend: optuna.storages.InMemoryStorage, writes: int | None, sampler: str, **changes: Any
    ) -> tuple[int, list[object]]:
        storage = Mortal(backend, None)
        ledger = open_in_memory(storage)
        storage.left, storage.done = writes, 0
        study = run(tuner_over(ledger, wide_space, sampler, **changes))
        return storage.done, whole(ledger, plain, study)

    return attempt_


@pytest.mark.parametrize("sampler", ["hazero", "pshe2"])
def test_a_population_cut_off_after_any_write_ends_as_if_it_had_not_been(
    attempt: Callable[..., Any], sampler: str
) -> None:
    writes, expected = attempt(optuna.storages.InMemoryStorage(), None, sampler)
    differing = []

    for cut in range(1, writes):
        backend = optuna.storages.InMemoryStorage()
        with pytest.raises(CutOffError, match="the process has died"):
            attempt(backend, cut, sampler)
        if attempt(backend, None, sampler)[1] != expected:
            differing.append(cut)

    assert writes > 100
    assert differing == []


@pytest.mark.parametrize("cut", range(4, 150, 7))
def test_members_at_once_cut_off_are_all_asked_and_their_generations_are_the_same(
    attempt: Callable[..., Any], cut: int
) -> None:
    _, expected = attempt(optuna.storages.InMemoryStorage(), None, "hazero", parallel=3)
    backend = optuna.storages.InMemoryStorage()
    with pytest.raises(CutOffError, match="the process has died"):
        attempt(backend, cut, "hazero", parallel=3)

    assert attempt(backend, None, "hazero", parallel=3)[1][1:] == expected[1:]


def generations(tuner: Tuner) -> list[Generation]:
    return list(tuner.ledger.attributes.rounds.values())


@every_population
def test_trial_0_is_the_baseline_and_stands_outside_the_population(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, sampler: str
) -> None:
    tuner = tuner_over(open_in_memory(), wide_space, sampler)
    study = run(tuner)

    assert [trial.number for trial in study.trials if trial.baseline] == [0]
    members = [trial.attributes.member for trial in tuner.ledger.committed()]
    places = [MemberPlace(r, p) for r in range(ROUNDS) for p in range(MEMBERS)]
    assert members == [None, *places]
    assert tuner.ending == "all 3 rounds have been asked"


def test_a_round_is_asked_only_when_all_of_the_one_before_have_ended(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, prepared: Any,
    evaluate: Callable[..., Evaluation],
) -> None:  # fmt: skip
    tuner = tuner_over(open_in_memory(), wide_space, "pshe2", parallel=9)
    asked = [tuner.next_trial() for _ in range(1 + MEMBERS)]
    numbers = [job.number for job in asked if isinstance(job, Job)]
    assert numbers == [0, 1, 2, 3]
    assert tuner.next_trial() is None
    for number in numbers[1:]:  # the baseline still runs
        assert tuner.next_trial() is None
        tuner.prepared(number, prepared)
        tuner.evaluated(number, evaluate(900, 0.5))
        tuner.ended(number)

    job = tuner.next_trial()

    assert isinstance(job, Job)
    assert job.number == 4
    assert len(generations(tuner)) == 2


def test_a_failed_member_ranks_last_and_has_no_score(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, steady: Curve
) -> None:
    def second_fails(config: TrialConfig) -> Iterator[Evaluation]:
        if config.key == configure(first.proposed[1].values).key:
            raise TrialFailedError("loss is nan")
        yield from steady(config)

    tuner = tuner_over(open_in_memory(), wide_space, "pshe2", parallel=2)
    assert [tuner.next_trial(), tuner.next_trial()] != [None, None]
    first = generations(tuner)[0]
    again = tuner_over(tuner.ledger, wide_space, "pshe2")
    run(again, second_fails)

    compared = generations(again)[1].compared
    assert [each.rank for each in compared] == [1, 3, 2]
    assert compared[1].score is None
    assert tuner.ledger.trial(compared[1].trial).state is TrialState.FAIL


def test_a_member_with_settings_that_were_asked_shares_their_trial(
    open_in_memory: OpenInMemory, run: Run, steady: Curve
) -> None:
    parameters: dict[str, object] = {"learning_rate": [2e-5, 3e-5], "batch_size": 32}
    space = space_from_mapping({"name": "two", "parameters": parameters}, origin="test")
    tuner = tuner_over(open_in_memory(), space, "pshe2", size=4)
    study = run(tuner, steady)

    rates = [trial.params["learning_rate"] for trial in study.trials]
    shared = [each.trial for each in generations(tuner)[1].compared]
    assert len(rates) <= 3
    assert len(generations(tuner)) == ROUNDS
    assert set(shared) <= {trial.number for trial in study.trials}


def test_a_round_of_equal_scores_ends_no_search(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, steady: Curve
) -> None:
    tuner = tuner_over(open_in_memory(), wide_space, "hazero")
    study = run(tuner, steady)

    assert len({trial.best_score for trial in study.trials}) == 1
    assert len(study.trials) == 1 + ROUNDS * MEMBERS


@every_population
def test_rows_that_are_held_out_choose_no_round(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, sampler: str
) -> None:
    def held_out(config: TrialConfig) -> Iterator[Evaluation]:
        for each in scripted(config):
            yield replace(each, holdout_score=1 - each.score)

    found = [tuner_over(open_in_memory(), wide_space, sampler) for _ in range(2)]
    run(found[0])
    run(found[1], held_out)

    assert generations(found[0]) == generations(found[1])


def test_more_rounds_go_on_as_if_they_had_been_asked_for_at_once(
    attempt: Callable[..., Any],
) -> None:
    backend = optuna.storages.InMemoryStorage()
    attempt(backend, None, "hazero", rounds=2)

    at_once = attempt(optuna.storages.InMemoryStorage(), None, "hazero", rounds=4)
    assert attempt(backend, None, "hazero", rounds=4)[1] == at_once[1]


def test_a_member_that_is_asked_again_counts_where_its_round_is_not_decided(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, steady: Curve
) -> None:
    def fails(config: TrialConfig) -> Iterator[Evaluation]:
        raise TrialFailedError("no memory")
        yield

    ledger = open_in_memory()
    first = tuner_over(ledger, wide_space, "pshe2", rounds=1)
    run(first, fails)
    failed = tuple(t.number for t in ledger.committed() if t.state is TrialState.FAIL)
    again = tuner_over(ledger, wide_space, "pshe2", retry=failed)
    study = run(again, steady)

    compared = generations(again)[1].compared
    assert failed == (0, 1, 2)
    assert [each.score for each in compared] == [compared[0].score] * MEMBERS
    assert len(study.standing) == 1 + ROUNDS * MEMBERS


@pytest.mark.parametrize(
    "limits", [{"step_budget": 4000}, {"deadline_s": 20.0}], ids=["steps", "time"]
)
def test_a_budget_ends_a_population_in_the_middle_of_a_round_and_more_goes_on(
    attempt: Callable[..., Any], limits: Mapping[str, float]
) -> None:
    ticks = iter(range(10**6))  # the simulated clock
    backend = optuna.storages.InMemoryStorage()
    attempt(backend, None, "pshe2", clock=lambda: float(next(ticks)), **limits)
    stopped = len(backend.get_all_trials(0))
    _, whole_one = attempt(backend, None, "pshe2")

    first, *members = whole_one[1]
    assert 1 < stopped < whole_one[-1] == 1 + ROUNDS * MEMBERS
    assert first is None
    assert members == [MemberPlace(r, p) for r in range(ROUNDS) for p in range(MEMBERS)]


def test_rounds_are_read_with_their_members_scores_and_ranks(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run
) -> None:
    study = run(tuner_over(open_in_memory(), wide_space, "pshe2"))
    first, last = study.rounds[0], study.rounds[-1]

    assert [[each.trial for each in members] for members in study.rounds] == [
        [1, 2, 3], [4, 5, 6], [7, 8, 9],
    ]  # fmt: skip
    assert sorted(each.rank or 0 for each in first) == [1, 2, 3]
    assert [each.rank for each in last] == [None] * MEMBERS
    assert first[0].drawn == "pshe2, from the random numbers of seed 7, round 0, place 0"


def test_members_that_share_a_trial_count_once(
    open_in_memory: OpenInMemory, run: Run, steady: Curve
) -> None:
    parameters: dict[str, object] = {"learning_rate": [2e-5, 3e-5], "batch_size": 32}
    space = space_from_mapping({"name": "two", "parameters": parameters}, origin="test")
    tuner = tuner_over(open_in_memory(), space, "pshe2", size=4)
    tuner.ledger.note(StudyAttributes(limits=StoredLimits(1 + 4 * ROUNDS, None, rounds=ROUNDS)))
    study = run(tuner, steady)

    later = [each for members in study.rounds[1:] for each in members]
    assert all(each.shared for each in later)
    assert {each.trial for each in later} <= {trial.number for trial in study.trials}
    assert study.target_trials == len(study.trials)


@every_population
def test_a_population_is_asked_again_alike(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, run: Run, sampler: str
) -> None:
    ledger = open_in_memory()
    question = StudySpec(task="xnli", model="builtin", sampler=sampler, population=3, seed=7)
    version = SpaceVersion(0, wide_space.fingerprint(), wide_space.to_mapping())
    ledger.note(StudyAttributes(question=question.model_dump(mode="json"), spaces=(version,)))
    run(tuner_over(ledger, wide_space, sampler, parallel=3))
    assert replay_asks(ledger) == []

    other = question.model_copy(update={"seed": 8})
    ledger.note(StudyAttributes(question=other.model_dump(mode="json")))
    assert [each.number for each in replay_asks(ledger)] == list(range(1, 1 + ROUNDS * MEMBERS))
