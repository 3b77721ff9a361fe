"""When Ray is told that nothing is left to ask, which it believes for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from ray.tune.search import Searcher

from autoclue.records import Evaluation
from autoclue.search.execution.ray.hooks import JobSearcher
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner

pytestmark = pytest.mark.ray

Evaluate = Callable[..., Evaluation]


@pytest.fixture
def tuner(make_tuner: Callable[..., Tuner]) -> Tuner:
    return make_tuner(trials=1)


@pytest.fixture
def asker(tuner: Tuner, tmp_path: Path) -> JobSearcher:
    return JobSearcher(tuner, tmp_path, "cpu", "module:Class", threading.Event())


def test_a_trial_is_handed_out_with_all_that_its_worker_needs(
    asker: JobSearcher, tmp_path: Path
) -> None:
    asked = asker.suggest("a")

    assert isinstance(asked, dict)
    assert (asked["number"], asked["after_step"]) == (0, 0)
    assert (asked["device"], asked["worker"]) == ("cpu", "module:Class")
    assert Path(asked["folder"]).is_relative_to(tmp_path)


def test_nothing_is_final_while_a_trial_runs(asker: JobSearcher) -> None:
    asker.suggest("a")

    assert asker.suggest("b") is None


def test_the_last_trial_is_handed_out_again_when_its_process_died(
    asker: JobSearcher, tuner: Tuner, prepared: Prepared, evaluate: Evaluate
) -> None:
    asker.suggest("a")
    asker.suggest("b")  # Ray asks ahead
    tuner.prepared(0, prepared)
    tuner.evaluated(0, evaluate(100, 0.5))
    tuner.died(0, "The worker process was killed.")

    again = asker.suggest("c")

    assert isinstance(again, dict)
    assert (again["number"], again["after_step"]) == (0, 100)


def test_the_end_is_final_once_the_last_trial_is_closed(
    asker: JobSearcher, tuner: Tuner, prepared: Prepared, evaluate: Evaluate
) -> None:
    asker.suggest("a")
    tuner.prepared(0, prepared)
    tuner.evaluated(0, evaluate(900, 0.5))
    tuner.ended(0)

    assert asker.suggest("b") == Searcher.FINISHED
