"""Actors of Ray Tune that are objects in one process instead of processes of their own.

A thousand worker processes don't fit one machine. So here Tune's own loop, with its own manager of
actors, is given a resource manager whose actor classes make entries of one asynchronous actor, the
host. Each call of a trial is a call of that actor, and comes back as a real object reference; it
sleeps there for as long as the trial would train. What this leaves out: starting processes,
placement groups, and Ray's own services with a thousand workers.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

import ray
from ray.air.execution._internal import actor_manager
from ray.air.execution.resources.request import AcquiredResources, ResourceRequest
from ray.air.execution.resources.resource_manager import ResourceManager
from ray.exceptions import ActorDiedError, RayTaskError
from ray.tune.execution import tune_controller

from autoclue.search.execution.ray.hooks import Worker, WorkerTrainable

NO_PRESTART = {
    "RAY_prestart_worker_first_driver": "0",
    "RAY_enable_worker_prestart": "0",
}
"""Ray starts as many workers in advance as it is told processors; these turn that off."""
MOST_CALLS = 10_000
"""Calls that the host may have open at once."""


class VirtualDeathError(Exception):
    """A virtual actor has died."""


class SleepingWorker(Worker, Protocol):
    """A worker that takes no time of the processor until its next event."""

    def sleeps_s(self) -> float | None:
        """Return the seconds until the next event; ``None`` where the process dies instead."""


class VirtualTrainable(WorkerTrainable):
    """A trial worker beside others in one process, so it leaves that one's output alone."""

    def setup(self, config: dict[str, Any]) -> None:
        """Begin the first trial."""
        module, _, name = str(config["worker"]).partition(":")
        self._worker: SleepingWorker = getattr(import_module(module), name)()
        self._begin(config)

    def _begin(self, job: Mapping[str, Any]) -> None:
        self._worker.begin(job)

    @property
    def sleeps_s(self) -> float | None:
        """Seconds until the next event; ``None`` where the process dies instead."""
        return self._worker.sleeps_s()


class Host:
    """The process that all virtual actors live in; it runs as an asynchronous actor of Ray."""

    def __init__(self, seed: int = 0) -> None:
        """Begin without any.

        Args:
            seed: Chooses who is struck.
        """
        self._actors: dict[int, VirtualTrainable] = {}
        self._ends: dict[int, asyncio.Event] = {}  # of those that train
        self._doomed: set[int] = set()  # die at once when they train next
        self._draw = random.Random(seed)

    async def begin(self, key: int, kwargs: Mapping[str, Any]) -> bool:
        """Make an actor."""
        self._actors[key] = VirtualTrainable(**kwargs)
        return True

    async def call(
        self, key: int, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call a method of an actor; ``train`` sleeps first.

        Raises:
            VirtualDeathError: It has died.
        """
        if key not in self._actors:
            raise VirtualDeathError
        if method == "train":
            await self._train(key)
        if method in ("stop", "__ray_terminate__"):
            self._actors.pop(key)
            return None
        return getattr(self._actors[key], method)(*args, **kwargs)

    async def _train(self, key: int) -> None:
        sleeps_s = self._actors[key].sleeps_s
        end = self._ends[key] = asyncio.Event()
        try:
            if sleeps_s is not None and key not in self._doomed:
                await asyncio.wait_for(end.wait(), sleeps_s)
        except asyncio.TimeoutError:
            return
        finally:
            del self._ends[key]
        del self._actors[key]
        raise VirtualDeathError

    async def strike(self, actors: int, within_s: float) -> int:
        """Kill so many actors that train, within so many seconds; return how many there were."""
        struck = self._draw.sample(sorted(self._ends), min(actors, len(self._ends)))
        for key in struck:
            asyncio.get_running_loop().call_later(self._draw.uniform(0, within_s), self._kill, key)
        return len(struck)

    def _kill(self, key: int) -> None:
        self._doomed.add(key)
        if key in self._ends:
            self._ends[key].set()


@dataclass(frozen=True, slots=True)
class _Method:
    host: Any
    key: int
    name: str
    kwargs: Mapping[str, Any]  # of the actor

    def remote(self, *args: Any, **kwargs: Any) -> Any:
        if self.name == "__ray_ready__":
            return self.host.begin.remote(self.key, self.kwargs)
        return self.host.call.remote(self.key, self.name, args, kwargs)


class _Handle:
    """Stands for the handle of an actor."""

    def __init__(self, host: Any, key: int, kwargs: Mapping[str, Any]) -> None:
        self._host, self._key, self._kwargs = host, key, kwargs

    def __getattr__(self, name: str) -> _Method:
        return _Method(self._host, self._key, name, self._kwargs)


_keys = itertools.count()


@dataclass(frozen=True, slots=True)
class _Class:
    """Stands for the class of an actor."""

    host: Any

    def remote(self, **kwargs: Any) -> _Handle:
        return _Handle(self.host, next(_keys), kwargs)


@dataclass
class _Acquired(AcquiredResources):  # type: ignore[misc]
    resource_request: ResourceRequest
    host: Any = None

    def annotate_remote_entities(self, entities: Sequence[Any]) -> list[_Class]:
        return [_Class(self.host)] * len(entities)


@dataclass
class VirtualResources(ResourceManager):  # type: ignore[misc]
    """Has room for so many actors; the framework imposes the base class.

    Attributes:
        host: Where they live.
        room: How many at once.
    """

    host: Any
    room: int
    _requested: int = 0
    _held: int = 0

    def request_resources(self, resource_request: ResourceRequest) -> None:
        """Count an actor that is wanted."""
        self._requested += 1

    def cancel_resource_request(self, resource_request: ResourceRequest) -> None:
        """Count one less."""
        self._requested -= 1

    def has_resources_ready(self, resource_request: ResourceRequest) -> bool:
        """Return whether an actor is wanted and there is room."""
        return self._requested > 0 and self._held < self.room

    def acquire_resources(self, resource_request: ResourceRequest) -> _Acquired:
        """Take room for an actor."""
        self._requested -= 1
        self._held += 1
        return _Acquired(resource_request, self.host)

    def free_resources(self, acquired_resource: AcquiredResources) -> None:
        """Give it back."""
        self._held -= 1

    def clear(self) -> None:
        """Forget everything."""
        self._requested = self._held = 0


class VirtualActorManager(actor_manager.RayActorManager):  # type: ignore[misc]
    """Tune's manager of actors, which hears of a virtual death as it does of a real one."""

    def _actor_task_failed(self, tracked_actor_task: Any, exception: Exception) -> None:
        if isinstance(exception, RayTaskError) and isinstance(exception.cause, VirtualDeathError):
            exception = ActorDiedError()
        super()._actor_task_failed(tracked_actor_task, exception)

    def _try_kill_actor(self) -> bool:
        """Forget an actor that hasn't stopped when asked to; Ray would kill its process."""
        if not self._live_actors_to_kill:
            return False
        tracked_actor = self._live_actors_to_kill.pop()
        self._cleanup_actor_futures(tracked_actor)
        self._actor_stop_resolved(tracked_actor)
        return True

    def cleanup(self) -> None:
        """Forget everything; the host ends with Ray."""
        self._live_actors_to_ray_actors_resources.clear()
        self._resource_manager.clear()


@dataclass(slots=True)
class VirtualCluster:
    """Makes the host once Ray runs, and hands it out.

    Attributes:
        room: Actors at once.
    """

    room: int
    _host: Any = field(default=None)

    @property
    def host(self) -> Any:
        """The host."""
        if self._host is None:
            made = ray.remote(num_cpus=0, max_concurrency=MOST_CALLS)(Host)
            self._host = made.remote()
        return self._host

    def strike(self, actors: int, within_s: float) -> int:
        """Kill actors; see ``Host``."""
        found: int = ray.get(self.host.strike.remote(actors, within_s))
        return found

    @contextlib.contextmanager
    def replacing_actors(self) -> Iterator[None]:
        """Let Tune's loop have virtual actors meanwhile."""
        before = tune_controller.RayActorManager, tune_controller.PlacementGroupResourceManager
        tune_controller.RayActorManager = VirtualActorManager
        tune_controller.PlacementGroupResourceManager = lambda: VirtualResources(
            self.host, self.room
        )
        try:
            yield
        finally:
            tune_controller.RayActorManager = before[0]
            tune_controller.PlacementGroupResourceManager = before[1]
