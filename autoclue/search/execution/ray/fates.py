"""Whether a worker died alone or with its machine: Ray may tell of the worker first.

A lost machine never fails a trial, and three deaths of its worker do, so that a death counts only
once it is known which of the two it was. Ray's loop goes on meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from autoclue.search.tuner import Steering

SETTLE_S: Final = 5.0
"""A machine that is being ended may end its workers first, and answer for a moment yet."""
PATIENCE_S: Final = 60.0
"""Ray takes a machine for dead that hasn't answered it for about half of that."""
LOOK_EVERY_S: Final = 1.0
"""How often Ray is asked for its machines while a death is open."""
LOST: Final = "Its machine was lost."


class Machines(Protocol):
    """The machines of a cluster, by Ray's names of them."""

    def there(self) -> frozenset[str]:
        """Return those that Ray takes to be alive."""

    def ask(self, node_id: str) -> Any:
        """Have one of them answer; return what ``answered`` takes."""

    def answered(self, asked: Any) -> bool | None:
        """Return whether it has; ``None`` while that isn't known."""


class RayMachines:
    """Asks Ray."""

    def there(self) -> frozenset[str]:
        """Return the nodes that are alive in Ray's table."""
        return frozenset(each["NodeID"] for each in ray.nodes() if each["Alive"])

    def ask(self, node_id: str) -> Any:
        """Have a process of the node do nothing."""
        place = NodeAffinitySchedulingStrategy(node_id, soft=False)
        asked = ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=place)(_nothing)
        return asked.remote()

    def answered(self, asked: Any) -> bool | None:
        """Return whether it has been done."""
        try:
            ray.get(asked, timeout=0)
        except ray.exceptions.GetTimeoutError:
            return None
        except ray.exceptions.RayError:
            return False
        return True


def _nothing() -> None:
    """Do nothing: that it is done says that the machine is alive."""


@dataclass(slots=True)
class _OpenDeath:
    """A death of which it isn't known yet what it was.

    Attributes:
        number: The trial.
        reason: Why its worker died, if it died alone.
        nodes: Where it ran, or may have run.
        since_s: When Ray told of it.
        asked: The machines that were asked since.
    """

    number: int
    reason: str
    nodes: frozenset[str]
    since_s: float
    asked: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Fates:
    """Deaths of workers on a cluster, each told to the tuner once it is known what it was.

    Until then the tuner takes the trial to be running, and doesn't hand it out again.

    Attributes:
        tuner: Is told.
        machines: The machines of the cluster.
        clock: Seconds that only grow.
    """

    tuner: Steering
    machines: Machines = field(default_factory=RayMachines)
    clock: Callable[[], float] = time.monotonic
    _open: list[_OpenDeath] = field(default_factory=list)
    _runs_on: dict[int, str] = field(default_factory=dict)
    _next_look_s: float = 0.0

    def begins(self, number: int) -> None:
        """Take note that a trial is handed out; where it will run isn't known yet."""
        self._runs_on.pop(number, None)

    def runs_on(self, number: int, node_id: str) -> None:
        """Take note of the machine where a trial runs."""
        self._runs_on[number] = node_id

    def died(self, number: int, reason: str, *, allowed: Iterable[str]) -> None:
        """Take note that the worker of a trial has died.

        Args:
            number: The trial.
            reason: Why, as far as its process is concerned.
            allowed: Where it may have run; of use where it has reported nothing yet.
        """
        known = self._runs_on.get(number)
        nodes = frozenset(allowed if known is None else (known,))
        self._open.append(_OpenDeath(number, reason, nodes, self.clock()))

    def settle(self) -> None:
        """Tell of the deaths that can be told of by now; called in every turn of Ray's loop.

        Raises:
            AutoclueError: The tuner halts the search for one of them.
        """
        if not self._open or self.clock() < self._next_look_s:
            return
        self._next_look_s = self.clock() + LOOK_EVERY_S
        there = self.machines.there()
        for death in list(self._open):
            lost = self._is_lost(death, there)
            if lost is not None:
                self._open.remove(death)
                told = LOST if lost else death.reason
                self.tuner.died(death.number, told, with_machine=lost)

    def _is_lost(self, death: _OpenDeath, there: frozenset[str]) -> bool | None:
        """Return whether the machine went with the worker; ``None`` while that isn't known.

        One that neither answers nor is known to be dead can't be reached, which is a loss too.
        """
        if not death.nodes <= there:
            return True
        age_s = self.clock() - death.since_s
        if age_s < SETTLE_S:
            return None
        alive = [self._is_alive(death, node_id) for node_id in sorted(death.nodes)]
        if all(alive):
            return False
        return True if age_s >= PATIENCE_S else None

    def _is_alive(self, death: _OpenDeath, node_id: str) -> bool:
        """Return whether a machine has answered by now; one that couldn't is asked again."""
        if node_id not in death.asked:
            death.asked[node_id] = self.machines.ask(node_id)
        answered = self.machines.answered(death.asked[node_id])
        if answered is False:
            del death.asked[node_id]
        return answered is True
