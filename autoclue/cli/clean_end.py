"""One clean end of a command, whichever signal asks for it and however often."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from autoclue.system import ENDING

PATIENCE_S = 1.0
"""Another Ctrl-C counts from so many seconds after the first."""
IMPATIENT = "autoclue: Ended at once; all that was reported is kept.\n"


@dataclass(slots=True)
class Heard:
    """The first signal that asked for an end; those behind it break nothing off.

    Attributes:
        number: The signal; ``None`` while there was none.
        clock: Gives seconds.
        leave: Ends the process with an exit code, without another line of Python.
    """

    number: int | None = None
    clock: Callable[[], float] = time.monotonic
    leave: Callable[[int], object] = os._exit
    _at_s: float = 0.0

    @property
    def code(self) -> int:
        """The exit code of the end that was asked for, as a shell counts it."""
        return 128 + (signal.SIGINT if self.number is None else self.number)

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Begin the end at the first signal; end at once at a later Ctrl-C.

        Raises:
            KeyboardInterrupt: This is the first.
        """
        if self.number is None:
            self.number, self._at_s = number, self.clock()
            raise KeyboardInterrupt
        if number == signal.SIGINT and self.clock() - self._at_s >= PATIENCE_S:
            with contextlib.suppress(OSError):
                os.write(2, IMPATIENT.encode())
            self.leave(self.code)


@contextlib.contextmanager
def one_clean_end() -> Iterator[Heard]:
    """Turn the first signal that asks for an end into a ``KeyboardInterrupt``.

    A signal that was ignored before, as ``nohup`` has it, stays so. Elsewhere than in the main
    thread nothing changes.
    """
    heard = Heard()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    answered = [n for n, was in before.items() if was not in (signal.SIG_IGN, None)]
    for number in answered:
        signal.signal(number, heard.hear)
    try:
        yield heard
    finally:
        for number in answered:
            signal.signal(number, before[number])


def leave_now(code: int) -> NoReturn:
    """Leave without winding anything up: all is, and threads of C++ may still be running."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
