"""A driver that is made up: what ``pynvml`` says of GPUs that aren't there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace


class MadeUpNvmlError(Exception):
    """What ``pynvml`` raises."""


@dataclass
class MadeUpNvml:
    """Has the functions of ``pynvml`` that are used, for cards with so many bytes in use.

    Attributes:
        used: Bytes in use of each card, by its number; ``None`` for one that is lost.
        total: Bytes of each card.
        busy: Percent of the time that each computes; ``None`` for one that doesn't say.
        held: Bytes that each process holds, by its number; the driver knows no others.
    """

    used: list[int | None]
    total: int = 80
    busy: int | None = 50
    held: Mapping[int, int | None] = field(default_factory=dict)
    NVMLError = MadeUpNvmlError

    def nvmlInit(self) -> None:
        """Begin."""

    def nvmlDeviceGetCount(self) -> int:
        return len(self.used)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if index >= len(self.used):
            raise MadeUpNvmlError("Invalid Argument")
        return index

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> int:
        return int(uuid.removeprefix("GPU-"))

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return f"card {handle}".encode()

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> SimpleNamespace:
        used = self.used[handle]
        if used is None:
            raise MadeUpNvmlError("GPU is lost")
        return SimpleNamespace(total=self.total, used=used)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> SimpleNamespace:
        if self.busy is None:
            raise MadeUpNvmlError("Not Supported")
        return SimpleNamespace(gpu=self.busy)

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=pid, usedGpuMemory=held) for pid, held in self.held.items()]
