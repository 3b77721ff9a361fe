"""What both sides of a comparison report, in one form: JSON lines, process age, peak memory."""

from __future__ import annotations

import json
import os
from pathlib import Path


def report(event: str, **figures: float) -> None:
    """Print a measurement as one JSON line."""
    print(json.dumps({"event": event, **figures}), flush=True)


def process_age_s() -> float:
    """Return the seconds since this process was created, to a hundredth."""
    stat = Path("/proc/self/stat").read_text(encoding="utf-8")
    born_ticks = int(stat.rpartition(")")[2].split()[19])
    uptime_s = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return uptime_s - born_ticks / os.sysconf("SC_CLK_TCK")


def peak_memory_mb() -> float:
    """Return the largest resident size that this process has had, in MB of 2^20 bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.split("\n") if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
