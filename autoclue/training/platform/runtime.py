"""Choose the environment switches that make Paddle fast here, and load Paddle once they are set.

The switches must stand before Paddle is loaded. A variable that the user has set always wins.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autoclue.errors import MissingDependencyError
from autoclue.system import handlers_kept
from autoclue.tasks.cache import cache_dir, can_be_made, make_folder
from autoclue.training.platform.denormals import can_flush
from autoclue.training.platform.freed_memory import can_keep_memory, keep_freed_memory

FLUSH_VARIABLE = "AUTOCLUE_FLUSH_DENORMALS"
KEEP_VARIABLE = "AUTOCLUE_KEEP_MEMORY"
OWN_VARIABLES = (FLUSH_VARIABLE, KEEP_VARIABLE)
"""They are autoclue's, so it isn't too late for them once Paddle is loaded."""
HALF_NEEDS_GPU = "Precision bf16 and fp16 need a GPU; Paddle knows fp32 alone on a CPU."
HOME_VARIABLE = "PPNLP_HOME"


@dataclass(frozen=True, slots=True)
class Cpu:
    """What the choice of switches depends on.

    Attributes:
        vendor: As the processor names itself ("GenuineIntel", "AuthenticAMD"); "" if unknown.
        model: Marketing name, for people.
        flags: Instruction sets.
        cores: Cores that this process may use.
    """

    vendor: str
    model: str
    flags: frozenset[str]
    cores: int


@dataclass(frozen=True, slots=True)
class Switch:
    """One environment variable, its value and why.

    Attributes:
        name: The variable.
        value: What it is set to, or what the user has set.
        reason: One clause for people.
        by_user: Whether the user's environment decided.
    """

    name: str
    value: str
    reason: str
    by_user: bool = False


def read_cpu(cpuinfo: Path = Path("/proc/cpuinfo")) -> Cpu:
    """Read what the processor can do; unknown platforms give empty fields."""
    fields: dict[str, str] = {}
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").split("\n"):
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    return Cpu(
        vendor=fields.get("vendor_id", ""),
        model=fields.get("model name", platform.processor()),
        flags=frozenset(fields.get("flags", "").split()),
        cores=available_cores(),
    )


def available_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_switches(cpu: Cpu, environment: Mapping[str, str], *, gpu: bool) -> tuple[Switch, ...]:
    """Choose the switches for this machine.

    Args:
        cpu: What the processor can do.
        environment: The user's variables; one that is set there is kept.
        gpu: Whether trials run on a GPU.
    """
    wanted: list[Switch] = []
    if gpu:
        wanted.append(
            Switch("FLAGS_cudnn_deterministic", "True", "as the published script runs on a GPU")
        )
    else:
        wanted.append(Switch("FLAGS_use_stride_kernel", "0", "saves copies of strided tensors"))
        if cpu.vendor == "AuthenticAMD" and {"avx512f", "avx2"} & cpu.flags:
            kind = "7" if "avx512f" in cpu.flags else "5"
            wanted.append(
                Switch(
                    "MKL_DEBUG_CPU_TYPE",
                    kind,
                    "Paddle's MKL takes its SSE2 path on AMD without it",
                )
            )
        if can_flush():
            wanted.append(Switch(FLUSH_VARIABLE, "1", "padded batches make denormal gradients"))
        if can_keep_memory():
            wanted.append(Switch(KEEP_VARIABLE, "1", "each step would begin with fresh pages"))
    return tuple(
        Switch(s.name, environment[s.name], "set by you", by_user=True)
        if s.name in environment
        else s
        for s in wanted
    )


def apply_switches(*, gpu: bool) -> tuple[Switch, ...]:
    """Set the switches in this process's environment, and have it keep freed memory.

    It warns when Paddle is loaded already, so that they would have no effect.

    Args:
        gpu: Whether trials run on a GPU.

    Returns:
        The switches and who decided each.
    """
    switches = choose_switches(read_cpu(), os.environ, gpu=gpu)
    missing = [s for s in switches if s.name not in (*os.environ, *OWN_VARIABLES)]
    if missing and "paddle" in sys.modules and not gpu:
        warnings.warn(
            "Paddle was loaded before autoclue could set "
            + ", ".join(f"{s.name}={s.value}" for s in missing)
            + "; training is slower. Import autoclue's functions first, or set them yourself.",
            stacklevel=2,
        )
        missing = []
    for switch in switches:
        if switch.name in OWN_VARIABLES or switch in missing:
            os.environ.setdefault(switch.name, switch.value)
    if not gpu and keeping_enabled():
        keep_freed_memory()
    return switches


def flushing_enabled() -> bool:
    """Return whether denormals are flushed while training on a CPU."""
    return _is_on(FLUSH_VARIABLE)


def keeping_enabled() -> bool:
    """Return whether freed memory is kept for the next step while training on a CPU."""
    return _is_on(KEEP_VARIABLE)


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "1") not in {"0", "false", "no", "off"}


@cache
def load_paddle() -> Any:
    """Import Paddle, quietly, after the extension modules that it must not precede.

    The 2.6 wheel on CPU bundles a zlib that breaks compiled modules imported after it.

    Raises:
        MissingDependencyError: Paddle is not installed.
    """
    for name in ("zlib", "bz2", "lzma", "sqlite3", "ssl"):
        importlib.import_module(name)
    if importlib.util.find_spec("paddle") is None:
        raise MissingDependencyError(
            "Paddle is not installed; run: pip install 'autoclue[cpu]' (or 'autoclue[gpu]')."
        )
    with warnings.catch_warnings(), handlers_kept():
        warnings.simplefilter("ignore")
        return importlib.import_module("paddle")


@cache
def load_paddlenlp() -> Any:
    """Import PaddleNLP's transformers, quietly.

    Raises:
        MissingDependencyError: Paddle or PaddleNLP is not installed or doesn't import.
    """
    load_paddle()
    _give_a_home()
    try:
        with warnings.catch_warnings(), handlers_kept():
            warnings.simplefilter("ignore")
            transformers = importlib.import_module("paddlenlp.transformers")
            log = importlib.import_module("paddlenlp.utils.log")
    except ImportError as error:
        raise MissingDependencyError(
            f"PaddleNLP can't be imported ({error}); install the versions of constraints.txt: "
            "pip install -c constraints.txt 'autoclue[cpu]'."
        ) from error
    log.logger.set_level("ERROR")
    return transformers


def _give_a_home() -> None:
    """Let PaddleNLP keep its files in our cache where the user's home is read only.

    It makes folders when it is imported, and ends where that can't be.
    """
    if HOME_VARIABLE not in os.environ and not can_be_made(Path.home() / ".paddlenlp"):
        home = cache_dir() / "paddlenlp"
        make_folder(home)
        os.environ[HOME_VARIABLE] = str(home)
