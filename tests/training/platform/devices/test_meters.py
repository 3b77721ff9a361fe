"""Meters: a GPU's with a driver and a Paddle that are made up, main memory's for real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autoclue.errors import AutoclueError
from autoclue.training.platform.devices import meters
from autoclue.training.platform.devices.cards import NvmlCards
from autoclue.training.platform.devices.meters import (
    GpuMeter,
    MemoryReading,
    available_memory,
)
from tests.made_up_nvml import MadeUpNvml


@pytest.fixture
def _reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Paddle that has reserved 30 bytes at most, and reserves 20 now."""
    monkeypatch.setattr(meters, "gpu_memory", lambda: 30)
    monkeypatch.setattr(meters, "reserved_memory", lambda: 20)
    monkeypatch.setattr(meters, "forget_peak_memory", lambda: None)


@pytest.mark.usefixtures("_reserved")
def test_the_context_is_what_the_process_holds_beside_what_paddle_reserves() -> None:
    driver = MadeUpNvml([5])
    meter = GpuMeter(NvmlCards(driver, None))
    meter.begin()
    driver.used, driver.held = [60], {os.getpid(): 27}
    assert meter.read() == MemoryReading("card 0", 30 + 7, 7, 80 - 5)


@pytest.mark.usefixtures("_reserved")
def test_where_processes_can_not_be_told_apart_the_card_tells() -> None:
    driver = MadeUpNvml([5])
    meter = GpuMeter(NvmlCards(driver, None))
    meter.begin()
    driver.used = [34]
    assert meter.read() == MemoryReading("card 0", 30 + 9, 9, 80 - 5)


def test_a_gpu_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "open_cards", lambda: None)
    with pytest.raises(AutoclueError, match="run: pip install nvidia-ml-py"):
        GpuMeter()


def test_a_gpu_that_is_lost_says_so() -> None:
    with pytest.raises(AutoclueError, match=r"doesn't answer any more; nvidia-smi"):
        GpuMeter(NvmlCards(MadeUpNvml([None]), None))


COUNTED = """
from autoclue.training.platform.devices.meters import HostMeter
from autoclue.training.platform.runtime import load_paddle
paddle = load_paddle()
paddle.set_device("cpu")
meter = HostMeter()
meter.begin()
held = [paddle.ones([1000, 1000]) for _ in range(2)]
found = meter.read()
print(len(held), found.peak_bytes, found.context_bytes)
"""


@pytest.mark.paddle
def test_main_memory_is_counted_to_the_byte() -> None:
    """In a process of its own: Paddle 2.6 can't forget what an earlier test has held."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["2", "8000000", "0"]


def test_available_memory_is_what_the_system_says(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:  100 kB\nMemAvailable:   64 kB\n", encoding="ascii")
    assert available_memory(file) == 64 * 1024
    assert available_memory(tmp_path / "missing") == 0
