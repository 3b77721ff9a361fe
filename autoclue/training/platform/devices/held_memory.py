"""What a process holds of its GPU, as Paddle counts it; nothing on a CPU."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, Final

from autoclue.training.platform.freed_memory import give_back_memory

LIMIT_FLAG: Final = "FLAGS_gpu_memory_limit_mb"
"""What Paddle reads when it is loaded; 0 is no limit."""


def _paddle_on_gpu() -> Any:
    """Return Paddle where it is loaded and uses a GPU; ``None`` otherwise."""
    paddle: Any = sys.modules.get("paddle")
    if paddle is None or not str(paddle.get_device()).startswith("gpu"):
        return None
    return paddle


def card_memory() -> tuple[int, int] | None:
    """Return the most bytes of a GPU that this process has held, and all that it has.

    Returns:
        ``None`` on a CPU.
    """
    paddle = _paddle_on_gpu()
    if paddle is None:
        return None
    cuda = paddle.device.cuda
    return int(cuda.max_memory_reserved()), int(cuda.get_device_properties().total_memory)


def gpu_memory() -> int | None:
    """Return how many bytes of its GPU this process has held at most, as Paddle counts them.

    Returns:
        ``None`` where no GPU is used.
    """
    paddle = _paddle_on_gpu()
    return None if paddle is None else int(paddle.device.cuda.max_memory_reserved())


def reserved_memory() -> int | None:
    """Return how many bytes of its GPU this process holds now, as Paddle counts them.

    Returns:
        ``None`` where no GPU is used.
    """
    paddle = _paddle_on_gpu()
    return None if paddle is None else int(paddle.device.cuda.memory_reserved())


def limit_gpu_memory(mib: int | None) -> None:
    """Let Paddle reserve so much of a GPU in this process and no more.

    What goes beyond raises as if the GPU were full. It must stand before Paddle is loaded.

    Args:
        mib: The limit in MiB; ``None`` for all there is.
    """
    os.environ[LIMIT_FLAG] = str(0 if mib is None else mib)


def forget_peak_memory() -> None:
    """Count the most bytes anew, as far as this Paddle can."""
    free_memory()
    paddle = _paddle_on_gpu()
    if paddle is not None and hasattr(paddle.device.cuda, "reset_max_memory_reserved"):
        paddle.device.cuda.reset_max_memory_reserved()


def free_memory() -> None:
    """Return what nothing refers to any more, also what malloc, or Paddle on a GPU, has kept."""
    gc.collect()
    give_back_memory()
    paddle = _paddle_on_gpu()
    if paddle is not None:
        paddle.device.cuda.empty_cache()
