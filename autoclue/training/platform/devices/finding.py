"""Which devices this machine has, and on which of them a process trains."""

from __future__ import annotations

import importlib.metadata
import os
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.training.platform.runtime import load_paddle

DEVICES = ("auto", "cpu", "gpu", "xpu")
GPU_FOLDER = Path("/proc/driver/nvidia/gpus")
"""Where the driver lists its GPUs, a folder each."""
VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
"""The variable that says which GPUs a process may use."""


def present_gpus(folder: Path = GPU_FOLDER) -> int:
    """Count the GPUs of this machine, if its Paddle can use any, hidden from this process or not.

    Ray hides all of them from a task that asks for none.
    """
    return listed_gpus(folder) if _has_gpu_paddle() else 0


def listed_gpus(folder: Path = GPU_FOLDER) -> int:
    """Count the GPUs that the driver lists, whether Paddle can use them or not."""
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def count_gpus(folder: Path = GPU_FOLDER) -> int:
    """Count the GPUs that trials could use: visible, and with a Paddle that can use them."""
    present, visible = present_gpus(folder), visible_names(os.environ.get(VISIBLE))
    return present if visible is None else min(present, len(visible))


def visible_names(text: str | None) -> tuple[str, ...] | None:
    """Read which GPUs a process may use: numbers or UUIDs.

    Args:
        text: The value of ``CUDA_VISIBLE_DEVICES``; ``None`` where it isn't set.

    Returns:
        Their names in order; ``None`` for all of them.
    """
    if text is None:
        return None
    return tuple(name for each in text.split(",") if (name := each.strip()) not in {"", "-1"})


def visible_cards() -> str:
    """Return which GPUs this process may use, as its environment says; "" for none or all."""
    return os.environ.get(VISIBLE, "")


def only_card(place: int) -> dict[str, str]:
    """Return the variables by which a new process uses one of the GPUs that this one may use.

    Args:
        place: Which of them, from 0.
    """
    names = visible_names(os.environ.get(VISIBLE))
    return {VISIBLE: str(place) if names is None else names[place], "FLAGS_selected_gpus": "0"}


def _has_gpu_paddle() -> bool:
    try:
        importlib.metadata.distribution("paddlepaddle-gpu")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def pick_device(asked: str = "auto") -> str:
    """Choose where to train.

    Args:
        asked: One of ``DEVICES``.

    Returns:
        A device name of Paddle: ``cpu``, ``gpu:0`` or ``xpu:0``.

    Raises:
        UsageError: A GPU or XPU is asked for and there is none.
    """
    if asked not in DEVICES:
        raise UsageError(f"Unknown device {asked!r}. Allowed: {', '.join(DEVICES)}.")
    if asked == "cpu":
        return "cpu"
    if asked == "xpu":
        return _pick_xpu()
    count = visible_gpus()
    if count > 0:
        return "gpu:0"
    if asked == "gpu":
        raise UsageError(
            "No GPU can be used: either none is visible (CUDA_VISIBLE_DEVICES, nvidia-smi) or "
            "Paddle is its CPU build (install 'autoclue[gpu]'). Use --device cpu to go on without."
        )
    return "cpu"


def _pick_xpu() -> str:
    """Choose the first XPU.

    Raises:
        UsageError: Paddle isn't its build for XPUs.
    """
    if not load_paddle().is_compiled_with_xpu():
        raise UsageError(
            "No XPU can be used: Paddle isn't its build for Kunlun XPUs, which Paddle's own index "
            "has (paddlepaddle-xpu). Use --device auto to go on with what there is."
        )
    return "xpu:0"


def visible_gpus() -> int:
    """Count the GPUs that Paddle can use, without initialising any of them."""
    if os.environ.get(VISIBLE) == "" or not _driver_present():
        return 0
    paddle = load_paddle()
    return int(paddle.device.cuda.device_count()) if paddle.is_compiled_with_cuda() else 0


def _driver_present() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


def trains_on_cpu() -> bool:
    """Return whether Paddle's current device is the CPU."""
    return str(load_paddle().get_device()) == "cpu"
