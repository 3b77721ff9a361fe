"""What libraries below Python print while a trial runs: the last words of a worker that crashes.

Paddle's C++ code writes to file descriptor 2 and ends the process, which Python never sees. So
that descriptor leads to a file in the folder of the trial at hand, and whoever finds the worker
dead reads the end of it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import sys
from pathlib import Path

NATIVE_LOG = "worker.log"
TELLING = re.compile(r"error|fault|signal|abort|assert|terminate|check failed", re.IGNORECASE)
LEAST_TELLING = re.compile(r"^\s*(File \"|\[?TimeInfo|\d+\s|-+$|=+$|Current thread)")
MOST_LINES = 3
MOST_CHARACTERS = 400
MOST_BYTES_READ = 64 * 1024


class NativeOutput:
    """Leads this process's standard error to the folder of one trial after another."""

    def follow(self, folder: Path, *, add: bool = False) -> None:
        """Write to a trial's folder from now on; a crash leaves Python's stack there too.

        Where the folder can't be written everything stays as it is: the trial's own log then says
        why, and ends the trial.

        Args:
            folder: The trial's folder, which is made when it is missing.
            add: Whether another process of the trial writes there too.
        """
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            way = os.O_APPEND if add else os.O_TRUNC
            target = os.open(folder / NATIVE_LOG, os.O_WRONLY | os.O_CREAT | way, 0o666)
            try:
                sys.stderr.flush()
                os.dup2(target, 2)
            finally:
                os.close(target)
            faulthandler.enable(file=2, all_threads=False)


def last_words(folder: Path) -> str:
    """Return the last telling lines that a worker wrote in a trial's folder; "" for none.

    Args:
        folder: The trial's folder.
    """
    try:
        with (folder / NATIVE_LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - MOST_BYTES_READ))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line and not LEAST_TELLING.match(line)]
    telling = [line for line in lines if TELLING.search(line)] or lines
    said = " | ".join(telling[-MOST_LINES:])
    return "".join(each if each.isprintable() else "?" for each in said)[-MOST_CHARACTERS:]


def forget_words(folder: Path) -> None:
    """Remove what a trial's worker wrote; the trial goes on elsewhere, or has ended.

    Args:
        folder: The trial's folder.
    """
    with contextlib.suppress(OSError):  # a file that stays is overwritten, or is a log too many
        (folder / NATIVE_LOG).unlink(missing_ok=True)
