"""Recognise that memory ran out, in whatever shape Paddle and its libraries say so."""

from __future__ import annotations

import errno

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
