"""What every source of trials keeps to; a new one adds itself to ``SOURCES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import optuna
import pytest

from autoclue.errors import AutoclueError
from autoclue.records import Evaluation, Scalar, TrialState
from autoclue.search.sampling import Course, Pbt, Proposer, Pshe2
from autoclue.search.store import Ledger, Prepared, Repetition, StateRef, read_study
from autoclue.search.tuner import (
    Done,
    FixedConfigurations,
    GenerationSource,
    GoingOn,
    Job,
    ListSource,
    PopulationBreeder,
    SearchSource,
    SegmentSource,
    Silent,
    TrialSource,
    Tuner,
    Wait,
)
from autoclue.space import space_from_mapping
from autoclue.training import TrialConfig

MakeSource = Callable[[Ledger], TrialSource]
STEPS = (100, 200, 300)
SHORT, LONG = 100, 300
MEMBERS = 3
DIFFERS = frozenset({"max_steps"})


def config_of(rate: float, steps: int = LONG) -> TrialConfig:
    return TrialConfig(
        task="xnli",
        model="builtin",
        epochs=1,
        batch_size=32,
        max_length_tokens=64,
        learning_rate=rate,
        max_steps=steps,
    )


@dataclass
class TwoRounds:
    """Short trials, and then long ones that start from the states of all but the worst of them.

    It stands for a population: the second round is a pure function of the ledger, and can't be
    asked before the first is through.
    """

    ledger: Ledger

    def restore(self) -> Done | None:
        return None

    def next(self) -> Job | Wait | Done:
        first, second = self._rounds()
        if len(first) < MEMBERS:
            return self._ask(config_of(1e-5 * (len(first) + 1), SHORT), None)
        if any(state is TrialState.RUNNING for state, _ in first.values()):
            return Wait()
        ranked = sorted(first, key=lambda number: (-first[number][1], number))[:-1]
        left = [number for number in ranked if number not in second]
        if not left:
            return Done("both rounds have been asked")
        donor = self.ledger.trial(left[0])
        rate = float(donor.config["learning_rate"])
        return self._ask(config_of(rate), StateRef(donor.number, DIFFERS))

    def is_baseline(self, number: int) -> bool:
        return False

    def needs_state(self, number: int) -> bool:
        first, second = self._rounds()
        waiting = len(first) < MEMBERS or len(second) < MEMBERS - 1
        return number in first and waiting and number not in second

    def _ask(self, config: TrialConfig, start_from: StateRef | None) -> Job:
        number = self.ledger.ask_without_parameters()
        self.ledger.commit(number, config.model_dump(), config.key, start_from=start_from)
        return Job(number, config, start_from=start_from)

    def _rounds(self) -> tuple[dict[int, tuple[TrialState, float]], set[int]]:
        """The first round's states and scores by number, and whom the second one starts from."""
        first, second = {}, set()
        for trial in self.ledger.committed():
            start = trial.attributes.start_from
            if start is None:
                first[trial.number] = (trial.state, max(trial.scores.values(), default=0.0))
            else:
                second.add(start.trial)
        return first, second


def search(ledger: Ledger) -> TrialSource:
    parameters = {"learning_rate": [1e-5, 2e-5, 3e-5, 4e-5, 5e-5]}
    space = space_from_mapping({"name": "toy", "parameters": parameters}, origin="test")

    def configure(params: Mapping[str, Scalar]) -> TrialConfig:
        return config_of(float(params["learning_rate"] or 0.0))

    proposer = Proposer(space, "tpe", 1)
    plan = FixedConfigurations(configure, config_of(2e-5), {"learning_rate": 2e-5})
    return SearchSource(ledger, proposer, plan, 4)


def given(ledger: Ledger) -> TrialSource:
    configs = [config_of(1e-5 * (i + 1)) for i in range(4)]
    return ListSource(ledger, configs, [Repetition("same", seed) for seed in range(4)])


def population(ledger: Ledger) -> TrialSource:
    parameters = {"learning_rate": {"float": [1e-5, 5e-5]}}
    space = space_from_mapping({"name": "toy", "parameters": parameters}, origin="test")

    def configure(params: Mapping[str, Scalar]) -> TrialConfig:
        return config_of(float(params["learning_rate"] or 0.0))

    rates: Mapping[str, Scalar] = {"learning_rate": 2e-5}
    plan = FixedConfigurations(configure, config_of(2e-5), rates)
    breeder = PopulationBreeder.around(Pshe2(), space, rates, size=MEMBERS, seed=1)
    return GenerationSource(ledger, Proposer(space, "pshe2", 1), plan, breeder, 3)


def going_on(ledger: Ledger) -> TrialSource:
    source = population(ledger)
    assert isinstance(source, GenerationSource)
    return replace(source, going_on=GoingOn(epochs=None))


def members(ledger: Ledger) -> TrialSource:
    parameters = {"learning_rate": {"float": [1e-5, 1e-4], "log": True}}
    space = space_from_mapping({"name": "toy", "parameters": parameters}, origin="test")

    def configure(params: Mapping[str, Scalar]) -> TrialConfig:
        return config_of(float(params["learning_rate"] or 0.0))

    plan = FixedConfigurations(configure, config_of(2e-5), {"learning_rate": 2e-5})
    course = Course(MEMBERS, (100, 200), float(LONG))
    return SegmentSource(ledger, Proposer(space, "pbt", 1), plan, Pbt(), course, seed=1)


SOURCES: Mapping[str, MakeSource] = {
    "search": search,
    "list": given,
    "population": population,
    "going on": going_on,
    "two rounds": TwoRounds,
    "members": members,
}
every_source = pytest.mark.parametrize("make", list(SOURCES.values()), ids=list(SOURCES))


@pytest.fixture
def ledger() -> Ledger:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return Ledger(optuna.create_study(direction="maximize"))


def tuner_of(ledger: Ledger, source: TrialSource, *, parallel: int = 2) -> Tuner:
    tuner = Tuner(ledger, source, None, parallel, (Silent(),))
    tuner.restore()
    return tuner


def drive(tuner: Tuner, *, evaluations: int = 10**6) -> list[Job]:
    """Run trials as an executor does, one evaluation in turn, and so many in all at most."""
    jobs: list[Job] = []
    live: dict[int, Iterator[int]] = {}
    while evaluations > 0:
        while (job := tuner.next_trial()) is not None:
            jobs.append(job)
            end = job.config.until_step or job.config.max_steps or 0
            steps = [step for step in STEPS if step <= end]
            tuner.prepared(job.number, Prepared(float(steps[-1]), tuple(steps), ()))
            live[job.number] = iter([step for step in steps if step > job.after_step])
        if not live:
            break
        for number in list(live):
            evaluations -= 1
            if not advance(tuner, number, next(live[number], None)):
                del live[number]
    return jobs


def advance(tuner: Tuner, number: int, step: int | None) -> bool:
    if step is None:
        tuner.ended(number)
        return False
    score = 0.5 + step / 1000 + number / 100
    tuner.evaluated(number, Evaluation(step, score, 1.0, 1.0, 1e-5, 9.0, 0.1, step / 9, 1))
    return True


@every_source
def test_what_it_asks_is_committed_before_it_is_handed_out(
    make: MakeSource, ledger: Ledger
) -> None:
    source = make(ledger)
    source.restore()
    job = source.next()
    assert isinstance(job, Job)
    known = ledger.trial(job.number).attributes
    assert (known.config, known.key) == (job.config.model_dump(), job.config.key)
    assert known.start_from == job.start_from


@every_source
@pytest.mark.parametrize("parallel", [1, 2, 5])
def test_it_ends_for_a_reason_and_asks_nothing_twice(
    make: MakeSource, ledger: Ledger, parallel: int
) -> None:
    tuner = tuner_of(ledger, make(ledger), parallel=parallel)
    jobs = drive(tuner)
    assert tuner.done
    assert tuner.ending
    assert len({job.config.key for job in jobs}) == len(jobs) == len(ledger.committed())
    assert {trial.state for trial in ledger.trials()} == {TrialState.COMPLETE}


@every_source
def test_once_it_is_done_it_stays_done(make: MakeSource, ledger: Ledger) -> None:
    drive(tuner_of(ledger, make(ledger)))
    again = make(ledger)
    assert isinstance(again.restore(), Done | None)
    assert isinstance(again.next(), Done)
    assert isinstance(again.next(), Done)


@every_source
@pytest.mark.parametrize("cut", range(1, 12))
def test_made_anew_it_goes_on_where_it_was_cut_off(
    make: MakeSource, ledger: Ledger, cut: int
) -> None:
    drive(tuner_of(ledger, make(ledger)), evaluations=cut)
    drive(tuner_of(ledger, make(ledger)))
    whole = Ledger(optuna.create_study(direction="maximize"))
    drive(tuner_of(whole, make(whole)))
    assert asked(ledger) == asked(whole)


def asked(ledger: Ledger) -> list[tuple[object, ...]]:
    return [(t.number, t.attributes.key, t.attributes.start_from) for t in ledger.committed()]


@every_source
def test_no_state_is_needed_once_all_trials_have_ended(make: MakeSource, ledger: Ledger) -> None:
    source = make(ledger)
    drive(tuner_of(ledger, source))
    assert not any(source.needs_state(trial.number) for trial in ledger.trials())


def test_second_round_starts_from_states_of_the_first(ledger: Ledger) -> None:
    jobs = drive(tuner_of(ledger, TwoRounds(ledger), parallel=5))
    first, second = jobs[:MEMBERS], jobs[MEMBERS:]
    assert [job.start_from for job in first] == [None] * MEMBERS
    assert [job.start_from for job in second] == [StateRef(2, DIFFERS), StateRef(1, DIFFERS)]
    assert len(read_study(ledger).complete) == 2 * MEMBERS - 1


def test_a_source_that_waits_is_asked_again_after_the_next_event(ledger: Ledger) -> None:
    tuner = tuner_of(ledger, TwoRounds(ledger), parallel=5)
    for _ in range(MEMBERS):
        job = tuner.next_trial()
        assert job is not None
        tuner.prepared(job.number, Prepared(100.0, (100,), ()))
    assert tuner.next_trial() is None
    assert not tuner.done
    for number in range(MEMBERS):
        advance(tuner, number, 100)
        tuner.ended(number)
    job = tuner.next_trial()
    assert job is not None
    assert (job.number, job.start_from) == (3, StateRef(2, DIFFERS))


def test_a_member_that_was_left_running_may_start_from_the_same_state(ledger: Ledger) -> None:
    drive(tuner_of(ledger, TwoRounds(ledger)), evaluations=8)
    left = [t for t in ledger.committed() if t.state is TrialState.RUNNING]
    again = tuner_of(ledger, TwoRounds(ledger), parallel=5)
    jobs = [again.next_trial() for _ in left]
    assert [job and job.start_from for job in jobs] == [t.attributes.start_from for t in left]
    assert [job and job.after_step for job in jobs] == [max(t.scores, default=0) for t in left]


class Forever(TwoRounds):
    """Waits for nobody."""

    def next(self) -> Job | Wait | Done:
        return Wait()


def test_waiting_for_nobody_is_an_error_in_a_sentence(ledger: Ledger) -> None:
    with pytest.raises(AutoclueError, match=r"can't go on: .* trials that run, and none does\."):
        tuner_of(ledger, Forever(ledger)).next_trial()
