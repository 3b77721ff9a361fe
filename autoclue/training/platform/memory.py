"""Recognise that memory ran out, in whatever shape Paddle and its libraries say so."""

from __future__ import annotations

import errno
import gc
import sys
from typing import Any

SIGNS = (
    "ResourceExhausted",
    "Out of memory error",
    "out of memory",
    "bad_alloc",
    "bad allocation",
    "Cannot allocate memory",
    "Fail to alloc memory",
    "Unable to allocate",
    "STATUS_ALLOC_FAILED",
)
"""What such errors say: Paddle's own, C++, the kernel, NumPy, cuBLAS and cuDNN."""


def memory_ran_out(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised for, means too little memory.

    On a CPU Paddle raises ``MemoryError``, or ``RuntimeError`` and ``SystemError`` with the reason
    in its text; PaddleNLP wraps what happens while it loads a model.
    """
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return True
        if isinstance(error, RuntimeError | SystemError | OSError) and _says_so(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_so(message: str) -> bool:
    return any(sign in message for sign in SIGNS)


def card_memory() -> tuple[int, int] | None:
    """Return the most bytes of a GPU that this process has held, and all that it has.

    Returns:
        ``None`` on a CPU.
    """
    paddle: Any = sys.modules.get("paddle")
    if paddle is None or not str(paddle.get_device()).startswith("gpu"):
        return None
    cuda = paddle.device.cuda
    return int(cuda.max_memory_reserved()), int(cuda.get_device_properties().total_memory)


def forget_peak_memory() -> None:
    """Count the most bytes anew, as far as this Paddle can."""
    free_memory()
    paddle: Any = sys.modules.get("paddle")
    if card_memory() is not None and hasattr(paddle.device.cuda, "reset_max_memory_reserved"):
        paddle.device.cuda.reset_max_memory_reserved()


def free_memory() -> None:
    """Return back what nothing refers to any more; on a GPU also what Paddle keeps for later."""
    gc.collect()
    paddle: Any = sys.modules.get("paddle")
    if paddle is not None and str(paddle.get_device()).startswith("gpu"):
        paddle.device.cuda.empty_cache()


def gpu_memory() -> int | None:
    """Return how many bytes of its GPU this process has held at most, as Paddle counts them.

    Returns:
        ``None`` where no GPU is used.
    """
    paddle: Any = sys.modules.get("paddle")
    if paddle is None or not str(paddle.get_device()).startswith("gpu"):
        return None
    return int(paddle.device.cuda.max_memory_reserved())
