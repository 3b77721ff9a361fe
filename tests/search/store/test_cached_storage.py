from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
import sqlalchemy.exc
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from autoclue.search.store.cached_storage import CachedStorage
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import StudyAttributes
from autoclue.search.store.storage import open_storage
from autoclue.search.tuner.tuner import Tuner

DISTRIBUTIONS: dict[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(1e-5, 1e-1, log=True),
    "batch_size": CategoricalDistribution((16, 32, None, "all", 0.5)),
    "frozen_blocks": IntDistribution(0, 8, step=2),
}
VALUES = [1, 0.1, "text", None, True, {"a": (1, 2), "b": [0.30000000000000004]}, (3, "x")]


class Unwritable(sqlalchemy.exc.OperationalError):
    """What a database says that is away."""

    def __init__(self) -> None:
        super().__init__("insert", {}, Exception("server closed the connection"))


def number_of_study(storage: optuna.storages.BaseStorage) -> int:
    return storage.create_new_study([StudyDirection.MAXIMIZE], "study")


@pytest.fixture
def mirror(storage: str) -> CachedStorage:
    return CachedStorage(open_storage(storage))


def set_param(at: CachedStorage, trial_id: int, draw: random.Random) -> None:
    name = draw.choice([*DISTRIBUTIONS])
    distribution = DISTRIBUTIONS[name]
    values: dict[str, Any] = {
        "learning_rate": draw.uniform(1e-5, 1e-1),
        "batch_size": draw.choice((16, 32, None, "all", 0.5)),
        "frozen_blocks": draw.choice((0, 2, 8)),
    }
    at.set_trial_param(trial_id, name, distribution.to_internal_repr(values[name]), distribution)


WRITES: dict[str, Callable[[CachedStorage, int, random.Random], object]] = {
    "param": set_param,
    "score": lambda at, trial, draw: at.set_trial_intermediate_value(
        trial, draw.randrange(9), draw.choice([draw.random(), 1, float("inf")])
    ),
    "fact": lambda at, trial, draw: at.set_trial_user_attr(
        trial, draw.choice("abc"), draw.choice(VALUES)
    ),
    "sampler's fact": lambda at, trial, draw: at.set_trial_system_attr(
        trial, draw.choice("abc"), draw.choice(VALUES)
    ),
    "end": lambda at, trial, draw: at.set_trial_state_values(
        trial,
        draw.choice([TrialState.COMPLETE, TrialState.PRUNED]),
        [draw.random()],
    ),
    "failure": lambda at, trial, draw: at.set_trial_state_values(trial, TrialState.FAIL),
}


def write_at_random(at: CachedStorage, study: int, *, seed: int, writes: int) -> None:
    draw = random.Random(seed)
    for _ in range(writes):
        live = at.get_all_trials(study, deepcopy=False, states=(TrialState.RUNNING,))
        if len(live) < 4:
            at.create_new_trial(study)
            continue
        WRITES[draw.choice([*WRITES])](at, draw.choice(live)._trial_id, draw)


@pytest.mark.parametrize("seed", range(3))
def test_memory_holds_what_the_database_holds(
    mirror: CachedStorage, storage: str, seed: int
) -> None:
    study = number_of_study(mirror)

    write_at_random(mirror, study, seed=seed, writes=120)

    read = open_storage(storage).get_all_trials(study)
    assert mirror.get_all_trials(study) == read
    assert [mirror.get_trial(t._trial_id) for t in read] == read
    assert {type(t.state) for t in read} == {TrialState}
    assert len({t.state for t in read}) == 4


def test_a_study_that_holds_trials_already_is_taken_up(
    mirror: CachedStorage, storage: str
) -> None:
    study = number_of_study(mirror)
    write_at_random(mirror, study, seed=5, writes=60)

    again = CachedStorage(open_storage(storage))
    running = next(t for t in mirror.get_all_trials(study) if t.state is TrialState.RUNNING)
    again.set_trial_user_attr(running._trial_id, "since", 1)

    assert again.get_trial(running._trial_id).user_attrs["since"] == 1
    assert again.get_all_trials(study) == open_storage(storage).get_all_trials(study)


def test_what_was_given_before_a_write_stays_as_it_was(mirror: CachedStorage) -> None:
    study = number_of_study(mirror)
    trial = mirror.create_new_trial(study)
    before = mirror.get_trial(trial)

    mirror.set_trial_user_attr(trial, "key", [1])
    mirror.set_trial_intermediate_value(trial, 3, 0.5)

    assert before.user_attrs == {}
    assert before.intermediate_values == {}
    assert mirror.get_trial(trial).user_attrs == {"key": [1]}


def test_a_copy_that_was_asked_for_can_be_changed(mirror: CachedStorage) -> None:
    study = number_of_study(mirror)
    mirror.create_new_trial(study)

    mirror.get_all_trials(study, deepcopy=True)[0].user_attrs["key"] = 1

    assert mirror.get_all_trials(study)[0].user_attrs == {}


def test_a_write_that_failed_leaves_no_trace_in_memory(
    mirror: CachedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = number_of_study(mirror)
    trial = mirror.create_new_trial(study)

    def refuse(*arguments: object, **options: object) -> None:
        raise Unwritable

    monkeypatch.setattr(mirror._backend, "set_trial_user_attr", refuse)
    with pytest.raises(Unwritable, match="server closed"):
        mirror.set_trial_user_attr(trial, "key", 1)

    assert mirror.get_trial(trial).user_attrs == {}


def test_a_trial_whose_making_was_never_confirmed_is_found(
    mirror: CachedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = number_of_study(mirror)
    make = mirror._backend.create_new_trial

    def make_and_break(study_id: int, template: FrozenTrial | None = None) -> int:
        make(study_id, template)
        raise Unwritable

    monkeypatch.setattr(mirror._backend, "create_new_trial", make_and_break)
    with pytest.raises(Unwritable, match="server closed"):
        mirror.create_new_trial(study)

    assert [t.number for t in mirror.get_all_trials(study)] == [0]


def test_an_unknown_trial_is_a_key_error(mirror: CachedStorage) -> None:
    study = number_of_study(mirror)

    with pytest.raises(KeyError, match="7"):
        mirror.get_trial_id_from_study_id_trial_number(study, 7)
    with pytest.raises(KeyError, match="99"):
        mirror.get_trial(99)


def test_a_deleted_study_is_gone(mirror: CachedStorage) -> None:
    study = number_of_study(mirror)
    trial = mirror.create_new_trial(study)

    mirror.delete_study(study)

    assert mirror.get_all_studies() == []
    with pytest.raises(KeyError, match=str(trial)):
        mirror.get_trial(trial)


def test_a_search_reads_its_trials_once(
    storage: str,
    facts: StudyAttributes,
    make_tuner: Callable[..., Tuner],
    run: Callable[[Tuner], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Ledger.create(storage, "study", facts)
    ledger = Ledger.open(storage, "study", held=True)
    tuner = make_tuner(ledger=ledger, trials=6)
    backend: Any = ledger._study._storage._backend  # type: ignore[attr-defined]
    reads = []
    monkeypatch.setattr(backend, "get_all_trials", lambda *a, **o: reads.append(a))

    run(tuner)

    assert len(ledger.trials()) == 6
    assert reads == []


@pytest.mark.parametrize("held", [True, False])
def test_a_study_comes_out_the_same_held_or_not(
    tmp_path: Path,
    empty_database: bytes,
    facts: StudyAttributes,
    make_tuner: Callable[..., Tuner],
    run: Callable[[Tuner], Any],
    plain: Callable[[Any], list[dict[str, object]]],
    held: bool,
) -> None:
    storage = f"sqlite:///{tmp_path}/own.db"
    (tmp_path / "own.db").write_bytes(empty_database)
    Ledger.create(storage, "study", facts)

    found = run(make_tuner(ledger=Ledger.open(storage, "study", held=held), trials=14))

    assert plain(found) == plain(run(make_tuner(trials=14)))
