from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import ConfirmationOptions
from autoclue.records import Boundary, Evaluation, Segment, StudyRecord, TrialRecord, TrialState
from autoclue.search.store.schema import Repetition
from autoclue.search.study.confirmation import (
    confirmation_seeds,
    key_without_seed,
    make_request,
    trainings,
)

ROOTS = st.integers(0, 2**40)


def trial(number: int, score: float, **changes: Any) -> TrialRecord:
    """A complete trial whose learning rate tells it from the others."""
    config = {"task": "xnli", "model": "builtin", "epochs": 3, "max_length_tokens": 128}
    config |= {"learning_rate": 1e-5 * (number + 1), "batch_size": 32, "seed": 42}
    state = changes.pop("state", TrialState.COMPLETE)
    baseline = changes.pop("baseline", False)
    evaluation = Evaluation(100, score, 1.0, 1.0, 1e-5, 10.0, 1.0, 11.0, 1)
    return TrialRecord(
        number, state, {}, {**config, **changes}, (evaluation,), 100.0, baseline=baseline
    )


def study(*trials: TrialRecord, seed: int = 7) -> StudyRecord:
    return StudyRecord("s", {"seed": seed}, "accuracy", False, {}, (), {}, "now", trials)


FOUND = study(
    trial(0, 0.5, baseline=True),
    trial(1, 0.7),
    trial(2, 0.9, state=TrialState.PRUNED),
    trial(3, 0.8),
    trial(4, 0.8),
    trial(5, 0.6),
)


@given(ROOTS, st.integers(1, 20), st.integers(1, 20))
def test_more_seeds_begin_with_the_same_ones(root: int, few: int, more: int) -> None:
    few, more = sorted((few, more))
    assert confirmation_seeds(root, more, avoid=())[:few] == confirmation_seeds(
        root, few, avoid=()
    )


@given(ROOTS, st.integers(1, 20))
def test_seeds_differ_from_each_other_and_from_the_searchs(root: int, count: int) -> None:
    taken = confirmation_seeds(root, 3, avoid=())
    seeds = confirmation_seeds(root, count, avoid=taken)
    assert len({*seeds, *taken}) == count + 3
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_seeds_of_released_versions_stay() -> None:
    # A change here makes a confirmation that was begun before begin anew.
    assert confirmation_seeds(0, 3, avoid=()) == (361848, 469975, 351943)


def test_best_complete_trials_come_first_and_the_baseline_is_added() -> None:
    request = make_request(FOUND, 3, 5)
    assert request.candidates == (3, 4, 1, 0)
    assert (request.best, request.baseline, len(request.seeds)) == (3, 0, 5)
    assert 42 not in request.seeds


def test_a_baseline_among_the_best_is_there_once() -> None:
    assert make_request(FOUND, 99, 2).candidates == (3, 4, 1, 5, 0)


def test_trials_that_differ_in_their_seed_alone_are_one_configuration() -> None:
    again = replace(trial(6, 0.85), config={**FOUND.trials[1].config, "seed": 43})
    request = make_request(replace(FOUND, trials=(*FOUND.trials, again)), 2, 2)
    assert request.candidates == (6, 3, 0)


def test_a_better_trial_with_the_baselines_settings_stands_for_it() -> None:
    again = replace(trial(6, 0.85), config={**FOUND.trials[0].config, "seed": 43})
    request = make_request(replace(FOUND, trials=(*FOUND.trials, again)), 2, 2)
    assert (request.candidates, request.baseline) == ((6, 3), 6)


def test_without_a_complete_baseline_there_is_none() -> None:
    running = trial(0, 0.5, baseline=True, state=TrialState.RUNNING)
    request = make_request(study(running, trial(1, 0.7)), 3, 2)
    assert (request.candidates, request.baseline) == ((1,), None)


def test_a_study_without_a_complete_trial_has_nothing_to_confirm() -> None:
    with pytest.raises(UsageError, match=r"'s' has no complete trial"):
        make_request(study(trial(0, 0.5, state=TrialState.FAIL)), 3, 5)


@pytest.mark.parametrize(("best", "seeds"), [(0, 5), (-1, 5), (3, 1), (3, 0)])
def test_numbers_that_confirm_nothing_are_refused(best: int, seeds: int) -> None:
    with pytest.raises(UsageError, match="must be at least"):
        read_options(ConfirmationOptions, {"confirm": best, "seeds": seeds})


def test_every_configuration_is_trained_with_every_seed_seed_by_seed() -> None:
    request = make_request(FOUND, 2, 3)
    planned = trainings(FOUND, request)
    assert [t.config.seed for t in planned] == [s for s in request.seeds for _ in range(3)]
    rates = [FOUND.trials[n].config["learning_rate"] for n in (3, 4, 0)]
    assert [t.config.learning_rate for t in planned] == rates * 3
    assert len({t.config.key for t in planned}) == 9


def test_a_training_is_its_configuration_but_for_the_seed() -> None:
    request = make_request(FOUND, 1, 2)
    one = trainings(FOUND, request)[0]
    assert {**one.config.model_dump(), "seed": 42}.items() >= FOUND.trials[3].config.items()
    assert one.repeats == Repetition(key_without_seed(FOUND.trials[3]), request.seeds[0])


def test_of_a_population_the_best_constant_member_is_trained_again_to_its_end() -> None:
    boundary = Boundary("main", 0, 50, 0.0, 0.0, ())
    changed = [{"at_step": 50, "settings": {"learning_rate": 1e-3}}]
    found = study(
        trial(0, 0.5, baseline=True),
        replace(trial(1, 0.6, until_step=50), segment=Segment(0, 0)),
        replace(trial(2, 0.7, until_step=50), segment=Segment(0, 1)),
        replace(trial(3, 0.9, changes=changed), segment=Segment(1, 0, 2, 50)),
        replace(trial(4, 0.8, changes=changed), segment=Segment(1, 1, 2, 50)),
    )
    request = make_request(replace(found, boundaries=(boundary,)), best=1, seeds=2)
    assert request.candidates == (3, 2, 0)
    configs = [each.config for each in trainings(found, request)]
    assert {config.until_step for config in configs} == {None}
    assert [len(config.changes) for config in configs] == [1, 0, 0, 1, 0, 0]
