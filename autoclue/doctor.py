"""Examine a machine: packages, devices, switches, folders."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import asdict, dataclass

from autoclue.search.execution import GPU_FOLDER, count_gpus
from autoclue.search.spec import versions
from autoclue.tasks.cache import cache_dir
from autoclue.training.platform import choose_switches, read_cpu

ROOM_GIB = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What it is.
        good: Whether a search can run with it.
        text: What was found and, where it is not good, what to do.
    """

    subject: str
    good: bool
    text: str

    def as_mapping(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return asdict(self)


def examine() -> list[Finding]:
    """Look at everything that a search needs; loads neither Paddle nor Ray."""
    return [_python(), *_packages(), _cpu(), _gpu(), *_switches(), _cache(), _memory()]


def _python() -> Finding:
    return Finding("Python", True, f"{platform.python_version()} on {platform.platform()}")


def _packages() -> list[Finding]:
    found = versions()
    findings = []
    paddle = [name for name in ("paddlepaddle", "paddlepaddle-gpu") if name in found]
    text = ", ".join(f"{name} {found[name]}" for name in paddle)
    findings.append(
        Finding(
            "Paddle",
            len(paddle) == 1,
            text
            if len(paddle) == 1
            else "not installed; run: pip install 'autoclue[cpu]' or 'autoclue[gpu]'"
            if not paddle
            else f"{text} are both installed and hide each other; uninstall one",
        )
    )
    for name in ("paddlenlp", "ray", "optuna", "plotly"):
        good = name in found
        findings.append(
            Finding(name, good, found.get(name, "not installed; run: pip install autoclue"))
        )
    return findings


def _cpu() -> Finding:
    cpu = read_cpu()
    sets = [name for name in ("avx2", "avx512f") if name in cpu.flags]
    return Finding(
        "CPU",
        True,
        f"{cpu.model or 'unknown'} ({cpu.vendor or 'unknown vendor'}), {cpu.cores} cores that can "
        f"be used, {', '.join(sets) or 'no AVX2'}",
    )


def _gpu() -> Finding:
    present = len(list(GPU_FOLDER.iterdir())) if GPU_FOLDER.is_dir() else 0
    usable = count_gpus()
    if present == 0:
        return Finding("GPU", True, "none; trials train on the CPU, one core each")
    if usable == 0:
        return Finding(
            "GPU",
            False,
            f"{present} present, but none can be used: install 'autoclue[gpu]' in place of the "
            "CPU build of Paddle, or check CUDA_VISIBLE_DEVICES",
        )
    return Finding("GPU", True, f"{usable} of {present} can be used")


def _switches() -> list[Finding]:
    chosen = choose_switches(read_cpu(), os.environ, gpu=count_gpus() > 0)
    return [
        Finding("switch", True, f"{switch.name}={switch.value} ({switch.reason})")
        for switch in chosen
    ]


def _cache() -> Finding:
    folder = cache_dir()
    place = folder
    while not place.exists():
        place = place.parent
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return Finding(
            "cache", False, f"{folder} can't be written; set AUTOCLUE_CACHE to another folder"
        )
    free_gib = shutil.disk_usage(place).free / 2**30
    good = free_gib >= ROOM_GIB
    advice = "" if good else f"; at least {ROOM_GIB:g} GiB are needed"
    return Finding("cache", good, f"{folder}, {free_gib:.1f} GiB free{advice}")


def _memory() -> Finding:
    if not hasattr(os, "sysconf"):
        return Finding("memory", True, "unknown")
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Finding("memory", True, f"{gib:.1f} GiB")
