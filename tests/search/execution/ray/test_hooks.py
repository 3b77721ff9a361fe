"""When Ray is told that nothing is left to ask, which it believes for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from ray.tune.search import Searcher

from autoclue.records import Evaluation
from autoclue.search.execution.ray.hooks import Asker
from autoclue.search.store.ledger import Prepared
from autoclue.search.tuner.tuner import Conductor

pytestmark = pytest.mark.ray

Evaluate = Callable[..., Evaluation]


@pytest.fixture
def conductor(make_conductor: Callable[..., Conductor]) -> Conductor:
    return make_conductor(trials=1)


@pytest.fixture
def asker(conductor: Conductor, tmp_path: Path) -> Asker:
    return Asker(conductor, tmp_path, "cpu", "module:Class", threading.Event())


def test_a_trial_is_handed_out_with_all_that_its_worker_needs(
    asker: Asker, tmp_path: Path
) -> None:
    asked = asker.suggest("a")

    assert isinstance(asked, dict)
    assert (asked["number"], asked["after_step"]) == (0, 0)
    assert (asked["device"], asked["worker"]) == ("cpu", "module:Class")
    assert Path(asked["folder"]).is_relative_to(tmp_path)


def test_nothing_is_final_while_a_trial_runs(asker: Asker) -> None:
    asker.suggest("a")

    assert asker.suggest("b") is None


def test_the_last_trial_is_handed_out_again_when_its_process_died(
    asker: Asker, conductor: Conductor, prepared: Prepared, evaluate: Evaluate
) -> None:
    asker.suggest("a")
    asker.suggest("b")  # Ray asks ahead
    conductor.prepared(0, prepared)
    conductor.evaluated(0, evaluate(100, 0.5))
    conductor.died(0, "The worker process was killed.")

    again = asker.suggest("c")

    assert isinstance(again, dict)
    assert (again["number"], again["after_step"]) == (0, 100)


def test_the_end_is_final_once_the_last_trial_is_closed(
    asker: Asker, conductor: Conductor, prepared: Prepared, evaluate: Evaluate
) -> None:
    asker.suggest("a")
    conductor.prepared(0, prepared)
    conductor.evaluated(0, evaluate(900, 0.5))
    conductor.ended(0)

    assert asker.suggest("b") == Searcher.FINISHED
