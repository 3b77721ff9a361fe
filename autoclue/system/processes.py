"""Tell processes apart: those that live, those that have died, and those of other machines."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

GONE = "gone"
"""When a process began that there is none of."""


def this_machine() -> str:
    """Name what process numbers belong to: a start of the machine, and a container on it."""
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        return f"{boot.read_text().strip()} {space.readlink()}"
    except OSError:  # not Linux
        return f"{socket.gethostname()} {uuid.getnode():x}"


def started_at(process: int) -> str:
    """Return when a process began, in the kernel's own unit; ``GONE`` where there is none."""
    stat = Path(f"/proc/{process}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return GONE
        return GONE if fields[0] in "ZX" else fields[19]
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return GONE
    except PermissionError:
        return "there"
    return "there"
