"""Keep Ray from talking: what matters reaches people through the ledger and through errors."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_worker_niceness": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_GLOBAL_CHECKPOINT_S": "1000000000",
    "TUNE_MAX_PENDING_TRIALS_PG": "256",
    "TUNE_RESULT_BUFFER_LENGTH": "1",
    "TUNE_WARN_THRESHOLD_S": "60",
}
"""What Ray is told through the environment; a user's own values win.

Trials may be pending without limit, or Ray would start one worker after the other; the tuner
decides how many there are. Workers run at the priority of the command that started them: Ray's
own choice, 15 steps lower, nearly stops them beside any other work.
"""

LISTENER_THREAD = "ray_listen_error_messages"
"""The thread in which Ray prints, to the standard output, that a worker has died."""


class _WithoutRay:
    """A stream that drops what Ray's listener writes and passes on everything else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if threading.current_thread().name == LISTENER_THREAD:
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def quiet_ray() -> Iterator[None]:
    """Set Ray's variables for good, and hold back its log and its messages for a while."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    log = logging.getLogger("ray")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(_WithoutRay(sys.stdout)):
            yield
    finally:
        log.setLevel(level)
