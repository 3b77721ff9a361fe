"""How full and how busy the GPUs of this machine are, as their driver says (NVML)."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from autoclue.training.platform.devices.finding import VISIBLE, visible_names

NVML_MODULE = "pynvml"
"""The module of nvidia-ml-py, which the extra ``gpu`` brings."""


@dataclass(frozen=True, slots=True)
class CardState:
    """A GPU at one moment.

    Attributes:
        index: Its place among the GPUs that this process may use, from 0.
        name: Its model.
        total_bytes: All of its memory that programs can have.
        used_bytes: What all programs together hold of it.
        busy: The part of the last moments in which it computed, from 0 to 1; ``None`` where the
            driver doesn't say.
    """

    index: int
    name: str
    total_bytes: int
    used_bytes: int
    busy: float | None

    @property
    def free_bytes(self) -> int:
        """What nobody holds of it."""
        return max(0, self.total_bytes - self.used_bytes)


class Cards(Protocol):
    """Reads the GPUs that this process may use; tests have made-up ones."""

    def read(self) -> tuple[CardState, ...]:
        """Return all of them as they are now."""

    def held_by(self, index: int, pid: int) -> int | None:
        """Return what a process holds of one in bytes; ``None`` where the driver can't say."""


class NvmlCards:
    """The GPUs of this machine, through NVML; reading them makes no CUDA context."""

    def __init__(self, nvml: Any, visible: tuple[str, ...] | None) -> None:
        """Find the GPUs that may be used.

        Args:
            nvml: The module ``pynvml``, initialised.
            visible: Their numbers or UUIDs; ``None`` for all.
        """
        self._nvml = nvml
        names = visible
        if names is None:
            names = tuple(str(number) for number in range(int(nvml.nvmlDeviceGetCount())))
        self._handles = [self._handle(name) for name in names]

    def _handle(self, name: str) -> Any:
        if name.isdigit():
            return self._nvml.nvmlDeviceGetHandleByIndex(int(name))
        return self._nvml.nvmlDeviceGetHandleByUUID(name)

    def read(self) -> tuple[CardState, ...]:
        """Return all of them as they are now; one that doesn't answer any more is left out."""
        found = (self._card(index, handle) for index, handle in enumerate(self._handles))
        return tuple(card for card in found if card is not None)

    def _card(self, index: int, handle: Any) -> CardState | None:
        try:
            memory, name = self._nvml.nvmlDeviceGetMemoryInfo(handle), self._name(handle)
        except self._nvml.NVMLError:
            return None
        return CardState(index, name, int(memory.total), int(memory.used), self._busy(handle))

    def _name(self, handle: Any) -> str:
        found = self._nvml.nvmlDeviceGetName(handle)
        return found.decode() if isinstance(found, bytes) else str(found)

    def _busy(self, handle: Any) -> float | None:
        try:
            return float(self._nvml.nvmlDeviceGetUtilizationRates(handle).gpu) / 100
        except self._nvml.NVMLError:  # a part of a card (MIG) has none
            return None

    def held_by(self, index: int, pid: int) -> int | None:
        """Return what a process holds of one in bytes; ``None`` where the driver can't say.

        In a container it often can't: it counts processes by their numbers outside.
        """
        try:
            found = self._nvml.nvmlDeviceGetComputeRunningProcesses(self._handles[index])
        except self._nvml.NVMLError:
            return None
        held = [each.usedGpuMemory for each in found if each.pid == pid]
        return int(held[0]) if held and held[0] is not None else None


def open_cards(environment: Mapping[str, str] | None = None) -> Cards | None:
    """Return the GPUs that this process may use.

    Args:
        environment: The variables that say which; ``None`` takes those of this process.

    Returns:
        ``None`` where there is no driver, or nvidia-ml-py isn't installed.
    """
    if importlib.util.find_spec(NVML_MODULE) is None:
        return None
    nvml: Any = importlib.import_module(NVML_MODULE)
    variables = os.environ if environment is None else environment
    try:
        nvml.nvmlInit()
        return NvmlCards(nvml, visible_names(variables.get(VISIBLE)))
    except nvml.NVMLError:
        return None
