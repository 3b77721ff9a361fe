"""Virtual actors in the hands of Tune's own manager of actors. No Ray runs."""

from __future__ import annotations

import pytest
from ray.air.execution.resources.request import ResourceRequest
from ray.tune import Trainable

from benchmarks.scale.virtual_actors import VirtualActorManager, VirtualResources


@pytest.mark.ray
def test_an_actor_that_will_not_stop_is_forgotten_and_gives_its_room_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manager = VirtualActorManager(VirtualResources(host=None, room=1))
    stopped: list[object] = []
    monkeypatch.setattr(manager, "_try_start_actors", lambda max_actors=None: 0)
    actor = manager.add_actor(Trainable, {}, ResourceRequest([{"CPU": 1}]), on_stop=stopped.append)
    resources = manager._resource_manager
    held = resources.acquire_resources(ResourceRequest([{"CPU": 1}]))
    manager._live_actors_to_ray_actors_resources[actor] = (object(), held)

    manager.remove_actor(actor, kill=True)

    assert manager.next(timeout=0)
    assert stopped == [actor]
    assert (manager.live_actors, resources._held) == ([], 0)
