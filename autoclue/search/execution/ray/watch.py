"""Run Ray's loop so that its death on this machine ends a search at once and in one sentence.

When Ray's own processes die, its client in this process waits for them within calls that nothing
interrupts, and after a minute ends the whole process from a thread of its own, with neither a
report nor an exit code of ours. So the loop runs in a thread, which is left behind in that case,
and this one watches the processes.
"""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future

import ray
from ray._private import auto_init_hook
from ray._private import worker as ray_worker
from ray.exceptions import OutOfMemoryError

from autoclue.errors import AutoclueError

POLL_S = 0.5
GRACE_S = 2.0
"""How long the loop may take to end by itself once Ray is dead; it is usually stuck in a call."""
INTERRUPT_GRACE_S = 60.0
"""How long the loop may take to end when it is asked to; it writes down what it is about to."""

USED = re.compile(r"was ([\d.]+) ?GB used / ([\d.]+) ?GB limit")
"""How Ray tells the memory of a machine on which it has ended a worker."""

NEEDED = ("gcs_server", "raylet")
"""Ray's processes that a search can't do without."""


class RayDiedError(AutoclueError):
    """Ray has ended on this machine in the middle of a search."""

    def __init__(self) -> None:
        super().__init__(
            "Ray ended in the middle of the search (was it stopped, or killed for want of "
            "memory?). Run the same command again to go on."
        )


class MachineFullError(AutoclueError):
    """A machine ran low on memory, and Ray Tune's loop has ended with the worker it ended.

    Ray ends a worker so that its machine keeps some memory. Mostly the loop hears of it as of any
    death; where a call was under way it doesn't know the exception, and ends.
    """

    def __init__(self, error: OutOfMemoryError) -> None:
        super().__init__(
            f"Ray ended a worker process because {low_on_memory(str(error))}. Close other "
            "programs or give a smaller --parallel, then run the same command again to go on; "
            "nothing that was reported is lost."
        )


def low_on_memory(said: str) -> str:
    """Say in a few words what Ray says of a machine in several paragraphs."""
    found = USED.search(said)
    figures = f" ({found.group(1)} of {found.group(2)} GB were used)" if found else ""
    return f"its machine ran low on memory{figures}"


def ray_has_died() -> bool:
    """Return whether Ray was started by this process and one of its processes has ended since."""
    node = ray_worker._global_node
    if node is None:
        return False
    dead = [kind for kind, _ in node.dead_processes()]
    return any(kind in NEEDED for kind in dead)


def run_watched(loop: Callable[[], object], *, halt: Callable[[], None]) -> None:
    """Run Ray's loop to its end, or until Ray has died.

    Args:
        loop: Runs in a thread of its own.
        halt: Makes the loop end soon if it still turns.

    Raises:
        RayDiedError: Ray has died on this machine.
        MachineFullError: Ray Tune ended with a worker that was ended for want of memory.
        KeyboardInterrupt: The user pressed Ctrl-C, and the loop has ended.
    """
    outcome: Future[None] = Future()
    over = threading.Event()  # Ctrl-C during a join would make Python 3.11 forget the thread
    thread = threading.Thread(
        target=_settle, args=(outcome, over, loop), name="autoclue-ray", daemon=True
    )
    try:
        thread.start()
        while not over.wait(POLL_S):
            if ray_has_died():
                halt()
                over.wait(GRACE_S)
                raise RayDiedError
    except KeyboardInterrupt:
        halt()
        _let_end(over)
        raise
    error = outcome.exception()
    if error is not None and not isinstance(error, AutoclueError) and ray_has_died():
        raise RayDiedError from error
    if error is not None and isinstance(error.__cause__, OutOfMemoryError):
        raise MachineFullError(error.__cause__) from error
    outcome.result()


def _let_end(over: threading.Event) -> None:
    """Wait for the loop's end; it won't come where Ray was asked to end too, and has."""
    for _ in range(int(INTERRUPT_GRACE_S / POLL_S)):
        if over.wait(POLL_S):
            return
        if ray_has_died():
            over.wait(GRACE_S)
            return


def _settle(outcome: Future[None], over: threading.Event, loop: Callable[[], object]) -> None:
    try:
        loop()
    except BaseException as error:  # it belongs to the thread that waits
        outcome.set_exception(error)
    else:
        outcome.set_result(None)
    finally:
        over.set()


def leave_ray() -> None:
    """Disconnect from Ray and end what this process has started of it.

    Where Ray has died, what is left of it is killed: to take leave of it properly would wait for
    an answer that never comes. A loop that was left behind would start Ray anew at its next call,
    which must not be.
    """
    if not ray_has_died():
        ray.shutdown()
        return
    auto_init_hook.enable_auto_connect = False
    ray_worker._global_node.kill_all_processes(check_alive=False, allow_graceful=False)
    atexit.unregister(ray.shutdown)
    thread = threading.Thread(target=ray.shutdown, name="autoclue-ray-shutdown", daemon=True)
    thread.start()
    thread.join(GRACE_S)
