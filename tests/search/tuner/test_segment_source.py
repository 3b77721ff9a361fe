"""A population whose members go on from each other, on scripted curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import optuna
import pytest

from autoclue.errors import TrialFailedError
from autoclue.records import (
    Boundary,
    Evaluation,
    Scalar,
    Segment,
    StoredState,
    StudyRecord,
    TrialRecord,
    TrialState,
)
from autoclue.search.sampling import Course, Exchanger, Pb2, Pbt, Proposer
from autoclue.search.store import Ledger, Prepared, StudyAttributes, read_study
from autoclue.search.tuner import FixedConfigurations, SegmentSource, Silent, Tuner
from autoclue.space import space_from_mapping
from autoclue.training import TrialConfig
from tests.search.mortal import CutOffError, Mortal

OpenInMemory = Callable[..., Ledger]
END = 60
STEPS = tuple(range(5, END + 1, 5))
BOUNDARIES = (15, 30, 45)
MEMBERS = 8
SPACE = space_from_mapping(
    {
        "name": "toy",
        "parameters": {
            "learning_rate": {"float": [1e-5, 1e-3], "log": True},
            "factor": {"float": [1.0, 1.4]},
        },
    },
    origin="test",
)


def configure(params: Mapping[str, Scalar]) -> TrialConfig:
    return TrialConfig.model_validate(
        {
            "task": "xnli",
            "model": "builtin",
            "epochs": 1,
            "batch_size": 8,
            "max_length_tokens": 16,
            "learning_rate": params["learning_rate"],
            "strategy": "discriminative",
            "strategy_params": {"factor": params["factor"]},
            "eval_every_steps": 5,
            "max_steps": END,
        }
    )


BASELINE: Mapping[str, Scalar] = {"learning_rate": 2e-5, "factor": 1.0}
PLAN = FixedConfigurations(configure, configure(BASELINE), BASELINE)
Fails = Callable[[TrialConfig, int], bool]


def never(config: TrialConfig, step: int) -> bool:
    return False


def too_fast(config: TrialConfig, step: int) -> bool:
    """The highest rates blow up."""
    return config.at(step - 1).learning_rate > 6e-4 and step > 10


def curve(
    config: TrialConfig, fails: Fails = never, steps: Sequence[int] = STEPS
) -> Iterator[Evaluation]:
    """Gain at each step by the settings that hold there, with a wobble."""
    score = 0.2
    for step in steps:
        if fails(config, step):
            raise TrialFailedError(f"The training loss became nan at step {step} of {END}.")
        rate = config.at(step - 1).learning_rate
        score += 0.05 * math.exp(-((math.log(rate / 2e-4)) ** 2))
        shown = score + 0.001 * math.sin(1e6 * rate + step)
        yield Evaluation(step, shown, 1.0, 1.0, rate, 9.0, 0.1, step / 9, 1)
        if step == config.until_step:
            return


def source_of(
    ledger: Ledger,
    exchanger: Exchanger | None = None,
    *,
    control: bool = False,
    members: int = MEMBERS,
) -> SegmentSource:
    chosen = Pbt() if exchanger is None else exchanger
    course = Course(members, BOUNDARIES, float(END), control=control)
    return SegmentSource(ledger, Proposer(SPACE, "pbt", 7), PLAN, chosen, course, seed=7)


def run(
    ledger: Ledger,
    *,
    parallel: int = 1,
    fails: Fails = never,
    all_steps: Sequence[int] = STEPS,
    step_budget: int | None = None,
    **kind: Any,
) -> Tuner:
    """Run a population to its end, an evaluation of each live trial in turn."""
    tuner = Tuner(ledger, source_of(ledger, **kind), None, parallel, (Silent(),), pauses=True)
    tuner.step_budget = step_budget
    tuner.restore()
    live: dict[int, Iterator[Evaluation]] = {}
    ends: dict[int, int | None] = {}
    while True:
        while (job := tuner.next_trial()) is not None:
            steps = tuple(s for s in all_steps if s <= (job.config.until_step or END))
            tuner.prepared(job.number, Prepared(float(END), steps, ()))
            after, ends[job.number] = job.after_step, job.config.until_step
            live[job.number] = (e for e in curve(job.config, fails, all_steps) if e.step > after)
        if not live:
            return tuner
        for number in list(live):
            if _advance(tuner, number, live[number], ends[number]):
                del live[number]


def _advance(tuner: Tuner, number: int, events: Iterator[Evaluation], end: int | None) -> bool:
    try:
        found = next(events, None)
    except TrialFailedError as error:
        tuner.failed(number, str(error))
        return True
    if found is None:
        tuner.ended(number)
        return True
    state = StoredState(f"trials/{number}", f"{number:064x}") if found.step == end else None
    return tuner.evaluated(number, found, state=state) is not None


def whole(study: StudyRecord) -> list[object]:
    """What two populations must have in common, times left out."""
    names = ("number", "state", "params", "config", "evaluations", "failure", "segment")
    trials = [{name: getattr(trial, name) for name in names} for trial in study.trials]
    return [*trials, *study.boundaries]


@pytest.fixture
def study(open_in_memory: OpenInMemory) -> StudyRecord:
    return read_study(run(open_in_memory()).ledger)


def parts_of(study: StudyRecord, generation: int) -> list[TrialRecord]:
    return [t for t in study.trials if t.segment and t.segment.generation == generation]


def exploits(study: StudyRecord) -> int:
    return sum(fate.donor is not None for each in study.boundaries for fate in each.fates)


def test_all_members_run_from_boundary_to_boundary_beside_the_baseline(
    study: StudyRecord,
) -> None:
    assert len(study.trials) == Course(MEMBERS, BOUNDARIES, END).trials == 33
    assert study.trials[0].baseline
    assert study.trials[0].segment is None
    ends = [{t.config.get("until_step") for t in parts_of(study, g)} for g in range(4)]
    assert ends == [{15}, {30}, {45}, {None}]
    assert [each.at_step for each in study.boundaries] == list(BOUNDARIES)
    assert exploits(study) >= 4


def test_nothing_is_asked_twice_and_only_whole_schedules_can_win(study: StudyRecord) -> None:
    keys = {TrialConfig.model_validate(trial.config).key for trial in study.trials}
    assert len(keys) == len(study.trials)
    assert study.winner is not None
    assert study.winner.config.get("until_step") is None
    assert {t.number for t in study.complete} == {0, *(t.number for t in parts_of(study, 3))}


def test_a_clones_settings_are_the_donors_with_a_change_at_the_boundary(
    study: StudyRecord,
) -> None:
    by_number = {trial.number: trial for trial in study.trials}
    for boundary in study.boundaries:
        for part in parts_of(study, boundary.generation + 1):
            fate = boundary.fates[_segment(part).place]
            source = by_number[fate.trial if fate.donor_trial is None else fate.donor_trial]
            before = TrialConfig.model_validate(source.config)
            after = TrialConfig.model_validate(part.config)
            assert _segment(part).parent == source.number
            assert after.prefix(boundary.at_step) == before.prefix(boundary.at_step)
            new = {change.name: change.after for change in fate.changes}
            assert after.changes[len(before.changes) :] == (() if not new else after.changes[-1:])
            assert all(_setting(after, boundary.at_step, n) == v for n, v in new.items())


def _segment(trial: TrialRecord) -> Segment:
    assert trial.segment is not None
    return trial.segment


def _setting(config: TrialConfig, step: int, name: str) -> Scalar:
    now = config.at(step)
    known: dict[str, Scalar] = {**now.model_dump(), **now.strategy_params}
    return known[name]


def test_a_part_starts_from_the_state_that_stands_in_the_ledger(
    open_in_memory: OpenInMemory,
) -> None:
    ledger = run(open_in_memory()).ledger
    trials = {trial.number: trial for trial in ledger.committed()}
    starts = [t.attributes.start_from for t in trials.values() if t.attributes.start_from]
    assert len(starts) == 24
    for start in starts:
        recorded = trials[start.trial].attributes.evaluations[start.at_step]
        assert recorded.state is not None
        assert recorded.state.sha256 == start.sha256


def test_members_are_compared_by_their_scores_at_the_boundary_and_at_no_other_step(
    study: StudyRecord,
) -> None:
    by_number = {trial.number: trial for trial in study.trials}
    for boundary in study.boundaries:
        for fate in boundary.fates:
            at = {e.step: e.score for e in by_number[fate.trial].evaluations}
            assert fate.score == at[boundary.at_step]
            assert max(at) == boundary.at_step


def test_nobody_is_replaced_at_the_end_and_all_final_settings_have_trained(
    study: StudyRecord,
) -> None:
    assert max(each.at_step for each in study.boundaries) < END
    for part in parts_of(study, 3):
        changes = TrialConfig.model_validate(part.config).changes
        assert all(change.at_step < part.evaluations[-1].step == END for change in changes)


def test_a_recipe_changes_at_the_boundaries_and_at_no_step_beside_them(
    study: StudyRecord,
) -> None:
    changes = [c for t in study.trials for c in TrialConfig.model_validate(t.config).changes]
    assert {change.at_step for change in changes} <= set(BOUNDARIES)
    assert len(changes) >= 4


@pytest.mark.parametrize("parallel", [2, 5, 8])
def test_fewer_devices_than_members_are_a_queue(
    parallel: int, study: StudyRecord, open_in_memory: OpenInMemory
) -> None:
    beside = read_study(run(open_in_memory(), parallel=parallel).ledger)
    assert whole(beside) == whole(study)


def test_the_same_steps_are_counted_once(open_in_memory: OpenInMemory) -> None:
    assert run(open_in_memory()).steps_taken == (MEMBERS + 1) * END


def test_a_failed_member_goes_on_from_one_of_the_best(open_in_memory: OpenInMemory) -> None:
    study = read_study(run(open_in_memory(), fails=too_fast).ledger)
    failed = [t for t in study.trials if t.state is TrialState.FAIL]
    fates = {fate.trial: fate for each in study.boundaries for fate in each.fates}
    assert failed
    told = [fates[t.number] for t in failed if t.number in fates]
    assert told
    assert all(fate.donor is not None and "it failed" in fate.reason for fate in told)
    assert len(parts_of(study, 1)) == MEMBERS


def test_where_every_member_fails_the_study_ends_with_that_reason(
    open_in_memory: OpenInMemory,
) -> None:
    def members_fail(config: TrialConfig, step: int) -> bool:
        return config.until_step is not None

    tuner = run(open_in_memory(), fails=members_fail)
    assert tuner.ending in {
        "every member of the population has failed",
        "8 trials failed one after another",
    }


def test_a_control_starts_alike_and_compares_half_as_often(open_in_memory: OpenInMemory) -> None:
    study = read_study(run(open_in_memory(), control=True).ledger)
    told = [(each.population, each.at_step) for each in study.boundaries]
    assert sorted(told) == [("control", 30), ("main", 15), ("main", 30), ("main", 45)]
    by_place = {_segment(t).place: t for t in parts_of(study, 0)}
    assert len(by_place) == 2 * MEMBERS
    for place in range(MEMBERS):
        assert by_place[place].params == by_place[place + MEMBERS].params
        assert _segment(by_place[place + MEMBERS]).parent == by_place[place].number
    assert len(study.trials) == Course(MEMBERS, BOUNDARIES, END, control=True).trials


KINDS: Mapping[str, Mapping[str, Any]] = {
    "pbt": {"members": 3},
    "failures": {"members": 4, "fails": too_fast},
    "pb2": {"members": 3, "exchanger": Pb2()},
    "control": {"members": 2, "control": True},
}


def attempt(
    open_in_memory: OpenInMemory, backend: Any, writes: int | None, kind: Mapping[str, Any]
) -> int:
    storage = Mortal(backend, None)
    ledger = open_in_memory(storage)
    storage.left, storage.done = writes, 0
    run(ledger, all_steps=(*BOUNDARIES, END), **kind)
    return storage.done


@pytest.mark.parametrize(
    ("kind", "every"), [("pbt", 1), ("failures", 7), ("pb2", 31), ("control", 5)]
)
def test_a_population_cut_off_after_any_write_ends_as_if_it_had_not_been(
    kind: str, every: int, open_in_memory: OpenInMemory
) -> None:
    undisturbed = optuna.storages.InMemoryStorage()
    writes = attempt(open_in_memory, undisturbed, None, KINDS[kind])
    expected = whole(read_study(open_in_memory(undisturbed)))
    differing = []
    for cut in range(1, writes, every):
        backend = optuna.storages.InMemoryStorage()
        with pytest.raises(CutOffError, match="the process has died"):
            attempt(open_in_memory, backend, cut, KINDS[kind])
        attempt(open_in_memory, backend, None, KINDS[kind])
        differing += [cut] * (whole(read_study(open_in_memory(backend))) != expected)
    assert writes > 100
    assert differing == []


def test_the_boundary_stands_in_the_ledger_before_any_part_behind_it(
    open_in_memory: OpenInMemory,
) -> None:
    order: list[str] = []
    note, commit = Ledger.note, Ledger.commit

    def noted(self: Ledger, attributes: StudyAttributes) -> None:
        order.extend(f"boundary {key}" for key in attributes.generations)
        note(self, attributes)

    def committed(self: Ledger, *given: Any, **more: Any) -> None:
        order.append(f"part {getattr(more.get('member'), 'generation', 'none')}")
        commit(self, *given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "note", noted)
        patch.setattr(Ledger, "commit", committed)
        run(open_in_memory())
    assert order.index("boundary 0") < order.index("part 1")
    assert order.index("boundary 1") < order.index("part 2")
    assert order[: order.index("boundary 0")].count("part 0") == MEMBERS


def test_states_are_needed_until_all_that_start_from_them_have_their_own(
    open_in_memory: OpenInMemory,
) -> None:
    ledger = open_in_memory()
    tuner = run(ledger)
    source = source_of(ledger)
    assert isinstance(source.restore(), object)
    assert not any(source.needs_state(trial.number) for trial in ledger.committed())
    assert tuner.done


def test_a_finished_population_is_found_finished(open_in_memory: OpenInMemory) -> None:
    ledger = run(open_in_memory()).ledger
    again = source_of(ledger).restore()
    assert again is not None
    assert again.reason == "all members have come to the end of their schedule"
    assert isinstance(ledger.attributes.generations[0], Boundary)
