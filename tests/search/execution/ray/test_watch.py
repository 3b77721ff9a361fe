"""Ray's loop runs beside the search, so that Ray's death or Ctrl-C ends it at once."""

from __future__ import annotations

import signal
import threading
from types import SimpleNamespace

import pytest
import ray
from ray._private import auto_init_hook, worker
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import OutOfMemoryError

from autoclue.errors import AutoclueError
from autoclue.search.execution.ray import watch as ray_watch
from autoclue.search.execution.ray.watch import (
    MachineFullError,
    RayDiedError,
    leave_ray,
    ray_has_died,
    run_watched,
)


def with_dead(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Let Ray's node of this process have lost processes."""
    node = SimpleNamespace(dead_processes=lambda: [(kind, None) for kind in kinds])
    monkeypatch.setattr("ray._private.worker._global_node", node)


def never() -> None:
    raise AssertionError("nothing was to be halted")


def test_a_loop_that_ends_well_ends_the_watch() -> None:
    turned: list[int] = []

    run_watched(lambda: turned.append(1), halt=never)

    assert turned == [1]


def test_an_error_of_the_loop_is_raised_by_the_watch() -> None:
    def fail() -> None:
        raise AutoclueError("the ledger can't be written")

    with pytest.raises(AutoclueError, match="the ledger can't be written"):
        run_watched(fail, halt=never)


@pytest.mark.parametrize("kind", ray_watch.NEEDED)
def test_a_loop_that_is_stuck_is_left_behind_when_ray_has_died(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with_dead(monkeypatch, kind)
    monkeypatch.setattr(ray_watch, "GRACE_S", 0.0)
    stuck, halted = threading.Event(), threading.Event()

    with pytest.raises(RayDiedError, match="Ray ended in the middle of the search"):
        run_watched(stuck.wait, halt=halted.set)

    assert halted.is_set()
    stuck.set()


def test_a_loop_that_still_turns_is_halted_when_ray_has_died(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_dead(monkeypatch, "raylet")
    monkeypatch.setattr(ray_watch, "GRACE_S", 600.0)
    halted = threading.Event()

    with pytest.raises(RayDiedError, match="Run the same command again"):
        run_watched(halted.wait, halt=halted.set)


def test_a_loop_that_ends_with_a_starved_worker_says_so_in_one_sentence() -> None:
    """Ray Tune takes the exception of a call that was under way for one that it doesn't know."""
    said = OutOfMemoryError(
        "1 worker(s) were killed due to the node running low on memory. Memory on the node "
        "(IP: 127.0.0.1, ID: 6b63) was 22.59GB used / 23.54GB limit (0.959795)\n"
        "Refer to the documentation on how to address the out of memory issue"
    )

    def loop() -> None:
        task = SimpleNamespace(_tracked_actor=None)
        RayActorManager._actor_task_failed(SimpleNamespace(), task, said)

    with pytest.raises(MachineFullError) as told:
        run_watched(loop, halt=never)

    assert str(told.value) == (
        "Ray ended a worker process because its machine ran low on memory (22.59 of 23.54 GB were "
        "used). Close other programs or give a smaller --parallel, then run the same command "
        "again to go on; nothing that was reported is lost."
    )


def test_ctrl_c_halts_the_loop_and_waits_for_it() -> None:
    halted, left = threading.Event(), threading.Event()

    def loop() -> None:
        signal.raise_signal(signal.SIGINT)
        halted.wait()
        left.set()

    with pytest.raises(KeyboardInterrupt):
        run_watched(loop, halt=halted.set)

    assert left.is_set()


def test_a_dead_ray_is_left_without_waiting_for_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck, killed = threading.Event(), threading.Event()
    node = SimpleNamespace(
        dead_processes=lambda: [("gcs_server", None)],
        kill_all_processes=lambda **options: killed.set(),
    )
    monkeypatch.setattr("ray._private.worker._global_node", node)
    monkeypatch.setattr("ray._private.auto_init_hook.enable_auto_connect", True)
    monkeypatch.setattr("ray.shutdown", stuck.wait)
    monkeypatch.setattr(ray_watch, "GRACE_S", 0.0)

    leave_ray()

    assert killed.is_set()
    assert not auto_init_hook.enable_auto_connect
    stuck.set()


def test_the_farewell_at_the_end_of_the_process_is_the_one_that_is_taken_back() -> None:
    assert ray.shutdown is worker.shutdown


def test_ray_lives_without_its_lesser_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    with_dead(monkeypatch, "log_monitor", "monitor")

    assert not ray_has_died()


def test_a_cluster_that_others_started_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray._private.worker._global_node", None)

    assert not ray_has_died()
