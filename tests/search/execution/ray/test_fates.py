"""What a worker's death was, where Ray tells of it before it tells of its machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ray.tune.execution.tune_controller import TuneController
from ray.tune.experiment import Trial as RayTrial

from autoclue.records import Evaluation, TrialState
from autoclue.search.execution import Expected, Node, choose_resources
from autoclue.search.execution.ray import fates as module
from autoclue.search.execution.ray import roll as roll_module
from autoclue.search.execution.ray.fates import LOST, Fates
from autoclue.search.execution.ray.hooks import Carrier, JobSearcher
from autoclue.search.execution.ray.roll import Roll
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner.tuner import Tuner
from tests.clock import Clock

pytestmark = pytest.mark.ray

DEATH = (
    "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.\n"
    "The actor is dead because its worker process has died. Worker exit type: SYSTEM_ERROR Worker "
    "exit detail: Worker unexpectedly exits with a connection error code 2. End of file."
)
NODE_DEATH = "ray.exceptions.ActorDiedError: The actor died because its node has died."
UNREACHABLE = "ray.exceptions.ActorUnavailableError: The actor is temporarily unavailable"


@dataclass
class Scripted:
    """Machines that a test takes away.

    Attributes:
        alive: Those that Ray takes to be alive.
        answers: What those say that are asked; ``None`` for nothing yet.
        asked: Who was asked, in order.
    """

    alive: set[str] = field(default_factory=lambda: {"one", "two"})
    answers: dict[str, bool | None] = field(default_factory=lambda: {"one": True, "two": True})
    asked: list[str] = field(default_factory=list)

    def there(self) -> frozenset[str]:
        """Return those that are alive."""
        return frozenset(self.alive)

    def ask(self, node_id: str) -> str:
        """Have one answer."""
        self.asked.append(node_id)
        return node_id

    def answered(self, asked: Any) -> bool | None:
        """Return what it says."""
        return self.answers[asked]


@dataclass
class Cluster:
    """A search over two machines, whose first trial runs.

    Attributes:
        folder: The study's folder.
        tuner: Decides.
        machines: The two.
        clock: Moves on when a test says so.
        asker: Hands trials out.
        carrier: Is told what becomes of them.
        fates: Says what their deaths were.
    """

    folder: Path
    tuner: Tuner
    machines: Scripted
    clock: Clock
    asker: JobSearcher
    carrier: Carrier
    fates: Fates

    def dies(self, error: str = DEATH, number: int = 0) -> None:
        """Have Ray tell of the death of a trial's worker."""
        path = self.folder / "error.txt"
        path.write_text(error, encoding="utf-8")
        config = {"number": number, "folder": str(self.folder / "0"), "nodes": ["one", "two"]}
        told = SimpleNamespace(config=config, error_file=str(path))
        self.carrier.on_trial_error(cast(TuneController, None), cast(RayTrial, told))

    def turns(self, seconds: float) -> dict[str, Any] | str | None:
        """Let time pass, and Ray's loop turn at its end."""
        self.clock.now_s += seconds
        return self.asker.suggest("next")

    @property
    def counted(self) -> dict[str, list[str]]:
        """Why the first trial's worker has died, by counter; those that count something."""
        known = self.tuner.ledger.trial(0).attributes
        found = {"deaths": known.deaths, "losses": known.losses, "starvations": known.starvations}
        return {name: [each.reason for each in told] for name, told in found.items() if told}

    @property
    def state(self) -> TrialState:
        """The first trial's state."""
        return self.tuner.ledger.trial(0).state


@pytest.fixture
def cluster(
    make_tuner: Callable[..., Tuner], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Cluster:
    tuner, machines, clock = make_tuner(trials=1, parallel=1), Scripted(), Clock()
    nodes = {name: Node(name, name, cpus=1, gpus=0) for name in ("one", "two")}
    monkeypatch.setattr(roll_module, "live_nodes", lambda: list(nodes.values()))
    asked = choose_resources(gpus=0, cores=2, address="auto")
    roll = Roll(Expected({}), tuner.noted, asked, fit=dict(nodes), clock=clock)
    fates = Fates(tuner, machines, clock)
    halted = threading.Event()
    asker = JobSearcher(tuner, tmp_path, "cpu", "m:C", halted, roll=roll, fates=fates)
    carrier = Carrier(tuner, halted, roll=roll, fates=fates)
    (tmp_path / "0").mkdir()
    assert isinstance(asker.suggest("first"), dict)
    fates.runs_on(0, "one")
    return Cluster(tmp_path, tuner, machines, clock, asker, carrier, fates)


def test_a_worker_that_died_before_its_machine_was_lost_with_it(cluster: Cluster) -> None:
    cluster.dies()
    assert cluster.turns(1) is None
    cluster.machines.alive.remove("one")

    again = cluster.turns(1)

    assert isinstance(again, dict)
    assert cluster.counted == {"losses": [LOST]}


def test_a_worker_that_died_alone_counts_once_its_machine_has_answered(cluster: Cluster) -> None:
    cluster.dies()
    assert cluster.turns(module.SETTLE_S - 1) is None
    assert (cluster.counted, cluster.machines.asked) == ({}, [])

    again = cluster.turns(1)

    assert isinstance(again, dict)
    assert cluster.machines.asked == ["one"]
    assert list(cluster.counted) == ["deaths"]
    assert "connection error code 2" in cluster.counted["deaths"][0]


def test_no_trial_fails_for_machines_that_end_their_workers_first(cluster: Cluster) -> None:
    for _ in range(4):
        cluster.dies()
        cluster.machines.alive.remove("one")
        assert isinstance(cluster.turns(1), dict)
        cluster.machines.alive.add("one")
        cluster.fates.runs_on(0, "one")

    assert cluster.state is TrialState.RUNNING
    assert cluster.counted == {"losses": [LOST] * 4}


def test_three_crashes_on_living_machines_fail_a_trial(cluster: Cluster) -> None:
    for _ in range(3):
        cluster.dies()
        cluster.turns(module.SETTLE_S)

    assert cluster.state is TrialState.FAIL
    assert [len(cluster.counted["deaths"]), *cluster.counted] == [3, "deaths"]


def test_a_machine_that_says_nothing_is_waited_for_and_then_lost(cluster: Cluster) -> None:
    cluster.machines.answers["one"] = None
    cluster.dies()

    assert cluster.turns(module.SETTLE_S) is None
    assert cluster.turns(module.PATIENCE_S - module.SETTLE_S - 1) is None
    assert isinstance(cluster.turns(1), dict)
    assert cluster.counted == {"losses": [LOST]}


def test_a_machine_that_could_not_answer_is_asked_again(cluster: Cluster) -> None:
    cluster.machines.answers["one"] = False
    cluster.dies()
    assert cluster.turns(module.SETTLE_S) is None
    cluster.machines.answers["one"] = True

    assert isinstance(cluster.turns(1), dict)
    assert cluster.machines.asked == ["one", "one"]
    assert list(cluster.counted) == ["deaths"]


def test_where_a_trial_ran_that_has_not_reported_any_machine_may_be_the_one(
    cluster: Cluster,
) -> None:
    cluster.fates.begins(0)
    cluster.dies()
    assert cluster.turns(1) is None
    cluster.machines.alive.remove("two")

    assert isinstance(cluster.turns(1), dict)
    assert cluster.counted == {"losses": [LOST]}


@pytest.mark.parametrize("error", [NODE_DEATH, UNREACHABLE])
def test_what_ray_says_of_a_machine_counts_at_once(error: str, cluster: Cluster) -> None:
    cluster.dies(error)

    assert cluster.counted == {"losses": [LOST]}


def test_a_kill_for_want_of_memory_counts_at_once(cluster: Cluster) -> None:
    cluster.dies("ray.exceptions.OutOfMemoryError: Task was killed due to the node running low")

    assert (list(cluster.counted), cluster.machines.asked) == (["starvations"], [])


def test_a_trial_goes_on_behind_its_last_evaluation_after_either(
    cluster: Cluster, prepared: Prepared, evaluate: Callable[..., Evaluation]
) -> None:
    cluster.tuner.prepared(0, prepared)
    cluster.tuner.evaluated(0, evaluate(100, 0.5))
    cluster.dies()
    cluster.machines.alive.remove("one")

    again = cluster.turns(1)

    assert isinstance(again, dict)
    assert (again["number"], again["after_step"]) == (0, 100)
