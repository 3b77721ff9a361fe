"""A study whose space has changed goes on with the new one and keeps what it knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autoclue.records import StudyRecord
from autoclue.search.sampling import ask, exhausted
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.param_names import stored_names
from autoclue.search.store.reader import read_study
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace, space_from_mapping

Run = Callable[..., StudyRecord]
OLD: dict[str, Any] = {"learning_rate": [1e-5, 2e-5, 3e-5, 5e-5], "batch_size": [16, 32, 64]}
SPACES: dict[str, dict[str, Any]] = {
    "other choices": {"learning_rate": [2e-5, 4e-5], "batch_size": [16, 32]},
    "a range instead": {"learning_rate": {"float": [1e-5, 4e-5], "log": True}, "batch_size": [16]},
    "one more": {**OLD, "factor": {"float": [1.0, 1.4]}},
    "one less": {"learning_rate": [1e-5, 4e-5], "batch_size": {"value": 32}},
}


def space_of(parameters: dict[str, Any]) -> SearchSpace:
    return space_from_mapping({"name": "changed", "parameters": parameters}, origin="test")


@pytest.fixture
def go_on(make_tuner: Callable[..., Tuner], run: Run) -> Callable[..., StudyRecord]:
    """Asks six trials of the old space, and some more of a new one, in the same study."""

    def go_on_(space: SearchSpace, sampler: str, trials: int) -> StudyRecord:
        first = make_tuner(trials=6, space=space_of(OLD), sampler=sampler)
        run(first)
        names = stored_names(space, first.ledger.known_distributions())
        proposer = Proposer(space, sampler, 7, names=names, changed=True)
        again = make_tuner(trials=trials, space=space, proposer=proposer, ledger=first.ledger)
        return run(again)

    return go_on_


@pytest.mark.parametrize("sampler", ["tpe", "random"])
@pytest.mark.parametrize("name", list(SPACES))
def test_new_trials_lie_in_the_new_space_and_old_ones_stay(
    go_on: Callable[..., StudyRecord], name: str, sampler: str
) -> None:
    space = space_of(SPACES[name])
    study = go_on(space, sampler, 8)

    fixed = {"batch_size": 32} if name == "one less" else {}
    assert all(space.contains({**fixed, **t.params}) for t in study.trials[6:])
    assert all(set(t.params) == {"learning_rate", "batch_size"} for t in study.trials[:6])
    assert len({repr(sorted(t.params.items())) for t in study.trials[6:]}) == 2


def test_what_the_old_space_asked_is_not_asked_again(go_on: Callable[..., StudyRecord]) -> None:
    space = space_of({"learning_rate": [1e-5, 2e-5, 3e-5, 5e-5, 6e-5], "batch_size": [16, 32, 64]})

    study = go_on(space, "tpe", 99)

    asked = [repr(sorted(trial.params.items())) for trial in study.trials]
    assert len(asked) == len(set(asked)) == 15


@pytest.mark.parametrize(("fixed", "new"), [(32, [1e-5]), (64, [5e-5])])
def test_a_value_that_has_become_fixed_counts_as_asked_only_where_it_was(
    open_in_memory: Callable[..., Ledger], fixed: int, new: list[float]
) -> None:
    ledger, old = open_in_memory(), Proposer(space_of(OLD), "tpe", 1)
    for rate, batch in ((5e-5, 32), (1e-5, 64)):
        old.forced = {"learning_rate": rate, "batch_size": batch}
        number, params = ask(ledger, old)
        ledger.commit(number, params, "key")
    space = space_of({"learning_rate": [1e-5, 5e-5], "batch_size": {"value": fixed}})
    proposer = Proposer(
        space, "tpe", 1, names=stored_names(space, ledger.known_distributions()), changed=True
    )

    asked = []
    while not exhausted(ledger, proposer):
        number, params = ask(ledger, proposer)
        ledger.commit(number, params, "key")
        asked.append(params["learning_rate"])

    assert asked == new


@pytest.mark.parametrize("sampler", ["grid", "cmaes"])
def test_other_samplers_go_on_too(go_on: Callable[..., StudyRecord], sampler: str) -> None:
    parameters = {"learning_rate": {"float": [1e-5, 5e-5], "step": 1e-5}, "batch_size": [16, 128]}

    study = go_on(space_of(parameters), sampler, 10)

    assert all(t.params["batch_size"] in {16, 128} for t in study.trials[6:])
    assert len(study.trials) == 10


def test_a_parameter_keeps_its_name_while_it_can() -> None:
    old = space_of(OLD)
    known = dict(Proposer(old, "tpe", 0).infer_relative_search_space(None, None))  # type: ignore[arg-type]

    assert stored_names(old, known) == {}
    assert stored_names(space_of(SPACES["other choices"]), known) == {
        "learning_rate": "learning_rate#2",
        "batch_size": "batch_size#2",
    }


def test_stored_names_never_show(go_on: Callable[..., StudyRecord]) -> None:
    study = go_on(space_of(SPACES["other choices"]), "tpe", 8)

    assert {name for trial in study.trials for name in trial.params} == set(OLD)


def test_a_trial_left_without_settings_gets_the_values_proposed_before(
    ledger: Ledger, storage: str
) -> None:
    space = space_of(OLD)
    number, params = ask(ledger, Proposer(space, "random", 1))

    again = ask(Ledger.open(storage, "study"), Proposer(space, "random", 2))

    assert again == (number, params)
    assert read_study(ledger).trials == ()
