from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.training.platform.devices.hardware import hardware


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, Path]:
    """A made-up machine with three GPUs of two kinds."""
    (tmp_path / "cpuinfo").write_text("model name\t: A Processor\nflags\t\t: avx2\n")
    (tmp_path / "meminfo").write_text("MemTotal:       25165824 kB\nMemFree: 1 kB\n")
    for name, model in {"1": "NVIDIA Z", "2": "NVIDIA A", "3": "NVIDIA Z"}.items():
        (tmp_path / "gpus" / name).mkdir(parents=True)
        (tmp_path / "gpus" / name / "information").write_text(f"Model: \t\t {model}\nIRQ: 5\n")
    return {name: tmp_path / name for name in ("cpuinfo", "meminfo", "gpus")}


def test_processor_memory_and_gpus_are_named(machine: dict[str, Path]) -> None:
    found = hardware(gpu=True, **machine)
    assert found["processor"].startswith("A Processor, ")
    assert (found["memory"], found["GPU"]) == ("24 GiB", "NVIDIA A, 2 x NVIDIA Z")


def test_gpus_that_trials_do_not_use_are_left_out(machine: dict[str, Path]) -> None:
    assert "GPU" not in hardware(gpu=False, **machine)


def test_what_the_system_does_not_say_is_left_out(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    found = hardware(gpu=True, cpuinfo=nowhere, meminfo=nowhere, gpus=nowhere)
    assert found.keys() == {"processor"}
