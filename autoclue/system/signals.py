"""A process's answers to signals, kept or put off while a library in C++ is at work.

Paddle and Ray put their own answer to the request to end (SIGTERM) in place when they are loaded:
a C++ stack, and an abort at that. And where C++ calls Python in turn, as a backward pass does, it
makes a warning and another error of the exception by which Python ends.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
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


@contextlib.contextmanager
def answered_afterwards() -> Iterator[None]:
    """Answer the signals in ``ENDING`` when the block has ended; the main thread's alone.

    For a call into C++ that calls Python in turn.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in ENDING}
    answers = {number: answer for number, answer in before.items() if callable(answer)}
    for number in answers:
        signal.signal(number, lambda came, frame: heard.append((came, frame)))
    try:
        yield
    finally:
        for number, answer in answers.items():
            signal.signal(number, answer)
        for number, frame in heard:
            answers[signal.Signals(number)](number, frame)
