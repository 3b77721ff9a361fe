"""What every policy of what is kept keeps to; a new one adds itself to ``POLICIES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autoclue.records import TrialState
from autoclue.search.execution import Retention
from autoclue.search.execution.artifacts import model_key, state_key
from autoclue.search.store import Prepared
from autoclue.training import TrialConfig

ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


@dataclass
class Needs:
    """Trials of which something is still needed."""

    models: set[int] = field(default_factory=set)
    states: set[int] = field(default_factory=set)


def retention(folder: Path, needs: Needs) -> Retention:
    return Retention(
        folder, needs_model=needs.models.__contains__, needs_state=needs.states.__contains__
    )


POLICIES: Mapping[str, Callable[[Path, Needs], Retention]] = {"retention": retention}


@dataclass
class Scene:
    """A study's folder with the files of four trials, and a policy."""

    folder: Path
    policy: Retention
    needs: Needs

    def end(self, number: int, state: TrialState, score: float | None = None) -> None:
        self.policy.ended(number, state, score=score, reason=None)

    def kept(self, key: Callable[[int], str]) -> list[int]:
        return [number for number in range(4) if (self.folder / key(number)).exists()]


@pytest.fixture(params=list(POLICIES.values()), ids=list(POLICIES))
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    for number in range(4):
        (tmp_path / model_key(number)).mkdir(parents=True)
        (tmp_path / state_key(number)).touch()
    needs = Needs()
    return Scene(tmp_path, request.param(tmp_path, needs), needs)


@pytest.mark.parametrize("state", ENDED)
def test_state_of_a_trial_that_has_ended_goes_and_no_other(
    scene: Scene, state: TrialState
) -> None:
    scene.end(1, state, 0.5)
    assert scene.kept(state_key) == [0, 2, 3]


def test_state_that_a_later_trial_starts_from_stays_until_it_has(scene: Scene) -> None:
    scene.needs.states.add(1)
    scene.end(1, TrialState.COMPLETE, 0.5)
    scene.end(2, TrialState.COMPLETE, 0.4)
    assert scene.kept(state_key) == [0, 1, 3]
    scene.needs.states.clear()
    scene.end(3, TrialState.COMPLETE, 0.3)
    assert scene.kept(state_key) == [0]


def test_states_are_looked_at_seldom_where_many_are_held_and_go_all_the_same(
    tmp_path: Path,
) -> None:
    asked: list[int] = []
    needed = set(range(64))

    def needs(number: int) -> bool:
        asked.append(number)
        return number in needed

    for number in range(192):
        (tmp_path / state_key(number)).parent.mkdir(parents=True)
        (tmp_path / state_key(number)).touch()
    policy = Retention(tmp_path, needs_state=needs)
    for number in range(64):
        policy.ended(number, TrialState.COMPLETE, score=0.5, reason=None)
    assert len(asked) <= 8 * 64
    needed.clear()
    for number in range(64, 192):
        policy.ended(number, TrialState.COMPLETE, score=0.5, reason=None)

    assert len(asked) <= 8 * 192
    kept = [n for n in range(192) if (tmp_path / state_key(n)).exists()]
    assert kept == []


def test_only_the_best_complete_trial_keeps_its_model(scene: Scene) -> None:
    scene.end(0, TrialState.COMPLETE, 0.5)
    scene.end(1, TrialState.COMPLETE, 0.7)
    scene.end(2, TrialState.PRUNED, 0.9)
    assert scene.kept(model_key) == [1, 3]


def test_the_earliest_of_equals_keeps_its_model(scene: Scene) -> None:
    scene.end(2, TrialState.COMPLETE, 0.5)
    scene.end(1, TrialState.COMPLETE, 0.5)
    scene.end(3, TrialState.COMPLETE, 0.5)
    assert scene.kept(model_key) == [0, 1]


def test_negative_scores_are_compared_like_others(scene: Scene) -> None:
    scene.end(0, TrialState.COMPLETE, -0.5)
    scene.end(1, TrialState.COMPLETE, 0.0)
    assert scene.kept(model_key) == [1, 2, 3]


def test_needed_model_stays_though_another_is_better(scene: Scene) -> None:
    scene.needs.models.add(0)
    scene.end(0, TrialState.COMPLETE, 0.5)
    scene.end(1, TrialState.COMPLETE, 0.7)
    assert scene.kept(model_key) == [0, 1, 2, 3]


@pytest.mark.parametrize("state", [TrialState.PRUNED, TrialState.FAIL])
def test_trial_that_is_not_complete_keeps_no_model(scene: Scene, state: TrialState) -> None:
    scene.needs.models.add(1)
    scene.end(1, state, 0.9)
    assert scene.kept(model_key) == [0, 2, 3]


def test_a_requeued_trial_keeps_everything(scene: Scene) -> None:
    scene.policy.requeued(1, "Its process died.")
    assert scene.kept(state_key) == scene.kept(model_key) == [0, 1, 2, 3]


def segment_of(number: int, scene: Scene) -> None:
    config = TrialConfig(
        task="t", model="m", epochs=1, batch_size=8, max_length_tokens=8, learning_rate=1e-3
    )
    scene.policy.started(number, config.model_copy(update={"until_step": 10}))


def test_a_segment_keeps_its_model_with_its_state_and_no_longer(scene: Scene) -> None:
    segment_of(1, scene)
    scene.needs.states.add(1)
    scene.end(1, TrialState.COMPLETE, 0.9)
    assert scene.kept(state_key) == scene.kept(model_key) == [0, 1, 2, 3]
    scene.needs.states.clear()
    scene.policy.prepared(2, Prepared(20.0, (10, 20), ()))
    assert scene.kept(state_key) == scene.kept(model_key) == [0, 2, 3]


def test_a_segment_does_not_win(scene: Scene) -> None:
    segment_of(1, scene)
    scene.end(1, TrialState.COMPLETE, 0.9)
    scene.end(2, TrialState.COMPLETE, 0.5)
    assert scene.kept(model_key) == [0, 2, 3]


def test_segments_of_an_earlier_run_are_dropped_too(scene: Scene) -> None:
    policy = Retention(scene.folder, segments=(1,), needs_state=scene.needs.states.__contains__)
    scene.needs.states.add(1)
    policy.prepared(2, Prepared(20.0, (10, 20), ()))
    assert scene.kept(state_key) == [0, 1, 2, 3]
    scene.needs.states.clear()
    policy.prepared(3, Prepared(20.0, (10, 20), ()))
    assert scene.kept(state_key) == scene.kept(model_key) == [0, 2, 3]


def test_states_of_an_earlier_run_stay_without_their_models_while_they_are_needed(
    scene: Scene,
) -> None:
    policy = Retention(scene.folder, held=(1, 2), needs_state=scene.needs.states.__contains__)
    scene.needs.states.add(1)
    policy.prepared(3, Prepared(20.0, (10, 20), ()))
    assert scene.kept(state_key) == [0, 1, 3]
    scene.needs.states.clear()
    policy.prepared(3, Prepared(20.0, (10, 20), ()))
    assert scene.kept(state_key) == [0, 3]


@dataclass
class Away:
    """An artifact store that only notes what is dropped."""

    dropped: list[int] = field(default_factory=list)

    def drop(self, number: int) -> None:
        self.dropped.append(number)


def test_what_a_later_trial_starts_from_stays_in_the_store_though_its_model_lost(
    scene: Scene,
) -> None:
    away, states = Away(), scene.needs.states
    policy = Retention(scene.folder, needs_state=states.__contains__, away=away)
    states.update({0, 1})
    for number, score in enumerate((0.5, 0.4, 0.3)):
        policy.ended(number, TrialState.COMPLETE, score=score, reason=None)
    assert away.dropped == [2]

    states.clear()
    policy.ended(3, TrialState.COMPLETE, score=0.2, reason=None)

    assert sorted(away.dropped) == [1, 2, 3]  # the best one stays
