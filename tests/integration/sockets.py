"""On which addresses processes listen, as Linux tells it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

LISTENS = "0A"
LOOPBACK = frozenset(
    {
        "0100007F",
        "00000000000000000000000001000000",
        "0000000000000000FFFF00000100007F",
    }
)
"""127.0.0.1, ::1, and the first as the second kind writes it."""


def listening(processes: Iterable[int]) -> frozenset[str]:
    """Return the addresses, in hexadecimal digits, on which some of the processes listen."""
    sockets = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENS:
                sockets[f"socket:[{fields[9]}]"] = fields[1].partition(":")[0]
    return frozenset(
        sockets[target]
        for process in processes
        for target in _open_files(process)
        if target in sockets
    )


def _open_files(process: int) -> list[str]:
    found = []
    try:
        for each in Path(f"/proc/{process}/fd").iterdir():
            found.append(os.readlink(each))
    except OSError:  # it has just ended
        pass
    return found
