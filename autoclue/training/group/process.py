"""One of the processes that train a trial together: does what it is told, one call at a time."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Final

from autoclue.errors import AutoclueError
from autoclue.training.platform import apply_switches, pick_device
from autoclue.training.ranks import form_ranks

FORM: Final = "form"
"""The first call: join the others."""

START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from autoclue.training.group.process import serve; serve(int(sys.argv[1]))"
)
"""What a process runs: the folders to import from are those of the process that starts it."""


def serve(descriptor: int) -> None:
    """Do what comes over a connection until it is closed.

    Args:
        descriptor: Number of the connection's open file.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever has started this decides
    connection = Connection(descriptor)
    calls: queue.Queue[tuple[str, Sequence[Any]]] = queue.Queue()
    threading.Thread(target=_listen, args=(connection, calls), daemon=True).start()
    told = threading.Lock()

    def tell(kind: str, value: object) -> None:
        with told:
            connection.send((kind, value))

    target: Any = None
    while True:
        method, arguments = calls.get()
        try:
            if method == FORM:
                target = _form(*arguments, tell=lambda value: tell("told", value))
                value = None
            else:
                value = getattr(target, method)(*arguments)
        except Exception as error:  # it belongs to the process that has called
            tell("error", _sendable(error))
        else:
            tell("value", value)


def _form(name: str, device: str, *, tell: Callable[[object], None]) -> Any:
    apply_switches(gpu=device != "cpu")
    ranks = form_ranks(device=pick_device(device))
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)(ranks, tell)


def _listen(connection: Connection, calls: queue.Queue[tuple[str, Sequence[Any]]]) -> None:
    """Pass calls on; end with the process at the other end, whatever this one waits for."""
    while True:
        try:
            calls.put(connection.recv())
        except (EOFError, OSError):
            sys.stderr.flush()
            os._exit(0)


def _sendable(error: Exception) -> Exception:
    """Return an error as it can be sent: one that isn't made of its text alone becomes one."""
    try:
        again = pickle.loads(pickle.dumps(error))  # of this process
    except Exception:  # whatever its class makes of it
        again = None
    if type(again) is type(error) and str(again) == str(error):
        return error
    return AutoclueError(f"{type(error).__name__}: {error}")
