"""The most memory of its device that a process takes, whatever the device is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autoclue.errors import AutoclueError
from autoclue.training.platform.devices.cards import Cards, CardState, open_cards
from autoclue.training.platform.devices.held_memory import (
    forget_peak_memory,
    gpu_memory,
    reserved_memory,
)
from autoclue.training.platform.runtime import load_paddle

MEMORY_INFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class MemoryReading:
    """What a process takes of its device.

    Attributes:
        device: The device's name.
        peak_bytes: The most that the process has held at a time, all things counted.
        context_bytes: The part of it that no allocator counts: on a GPU the CUDA context with its
            libraries.
        room_bytes: What the device has for all processes that shall share it.
    """

    device: str
    peak_bytes: int
    context_bytes: int
    room_bytes: int


class Meter(Protocol):
    """Measures what this process takes of its device; tests have a scripted one."""

    def begin(self) -> None:
        """Count from here on."""

    def read(self) -> MemoryReading:
        """Return the most since ``begin``."""


class GpuMeter:
    """Measures a GPU: what Paddle reserves at most, and what the process holds beside it.

    To be made before this process uses the GPU: what it holds then is somebody else's.
    """

    def __init__(self, cards: Cards | None = None) -> None:
        """Find the card that this process trains on, the first that it may use.

        Args:
            cards: Where it is read; ``None`` asks its driver.

        Raises:
            AutoclueError: The driver's memory can't be read.
        """
        found = open_cards() if cards is None else cards
        if found is None:
            raise AutoclueError(
                "The memory of the GPU can't be read; run: pip install nvidia-ml-py (the extra "
                "'autoclue[gpu]' has it), or give --gpus-per-trial a number."
            )
        self._cards: Cards = found
        self._before = self._card

    @property
    def _card(self) -> CardState:
        found = self._cards.read()
        if not found or found[0].index != 0:
            raise AutoclueError("The GPU doesn't answer any more; nvidia-smi says what is wrong.")
        return found[0]

    def begin(self) -> None:
        """Forget what Paddle has held so far."""
        forget_peak_memory()

    def read(self) -> MemoryReading:
        """Return the most that Paddle has reserved, and the context beside it.

        The context is what the driver says that this process holds now, without what Paddle has
        reserved now. Where the driver can't tell processes apart it is what the card holds more
        than before.
        """
        now, before = self._card, self._before
        held = self._cards.held_by(0, os.getpid())
        if held is None:
            held = max(0, now.used_bytes - before.used_bytes)
        context = max(0, held - (reserved_memory() or 0))
        peak = (gpu_memory() or 0) + context
        return MemoryReading(now.name, peak, context, before.free_bytes)


class HostMeter:
    """Measures main memory, as Paddle's own counter has it: every tensor of a CPU, to the byte."""

    def __init__(self, room: Path = MEMORY_INFO) -> None:
        """Measure the memory of this process.

        Args:
            room: Where the system says how much there is.
        """
        self._room = room
        self._core: Any = load_paddle().base.core

    def begin(self) -> None:
        """Count from here on; Paddle 2.6 counts from the start of the process."""
        reset: Any = getattr(self._core, "host_memory_stat_reset_peak_value", None)
        if reset is not None:
            reset("Allocated", 0)

    def read(self) -> MemoryReading:
        """Return the most bytes of all tensors together."""
        peak = int(self._core.host_memory_stat_peak_value("Allocated", 0))
        return MemoryReading("main memory", peak, 0, available_memory(self._room))


def available_memory(path: Path = MEMORY_INFO) -> int:
    """Return how many bytes of main memory programs could have now; 0 where nobody says."""
    if not path.is_file():
        return 0
    for line in path.read_text(encoding="ascii", errors="replace").split("\n"):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.removesuffix("kB")) * 1024
    return 0


def meter_of(device: str) -> Meter:
    """Return what measures the memory of a device.

    Args:
        device: Paddle's device name.

    Raises:
        AutoclueError: The memory of the GPU can't be read.
    """
    return HostMeter() if device == "cpu" else GpuMeter()
