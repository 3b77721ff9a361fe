"""Keep a process's answers to signals while a library is loaded that would put its own in place.

Paddle and Ray answer the request to end (SIGTERM) with a C++ stack, and with an abort at that.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Final

ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""The signals that ask a process to end."""


@contextlib.contextmanager
def handlers_kept() -> Iterator[None]:
    """Put the answers to ``ENDING`` back at the end, below Python too; the main thread's alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: whoever set it did so below Python
                signal.signal(number, handler)
