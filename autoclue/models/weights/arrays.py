"""What every reader of weights gives: arrays by name, whose numbers are read when asked for."""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import UsageError

BFLOAT16 = "bf16"
"""NumPy has no such type: these numbers are read as the upper halves of single precision."""

PLAIN_TYPES = frozenset(
    {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1", BFLOAT16}
)


class WeightsError(UsageError):
    """A file of weights can't be read, or must not be."""


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array in a file of weights.

    Attributes:
        shape: Its shape.
        read: Reads its numbers; those in bfloat16 as single precision.
    """

    shape: tuple[int, ...]
    read: Callable[[], NDArray[np.generic]]


def plain_type(kind: str, origin: object) -> str:
    """Check the short name of a number type, such as ``f4``.

    Raises:
        WeightsError: It is none of plain numbers.
    """
    if kind not in PLAIN_TYPES:
        raise WeightsError(f"{origin} holds an array of type {kind[:40]!r}, which is no number.")
    return kind


def size_of(kind: str) -> int:
    """Return the bytes of one number of a plain type."""
    return 2 if kind == BFLOAT16 else int(kind[1:])


def view(
    data: memoryview | bytes,
    kind: str,
    shape: tuple[int, ...],
    *,
    byte_order: Literal["<", ">"] = "<",
    offset: int = 0,
    strides: tuple[int, ...] | None = None,
    fortran: bool = False,
) -> NDArray[np.generic]:
    """Look at bytes as an array without copying them.

    Args:
        data: The bytes; all of the array must lie within them.
        kind: A plain type.
        shape: Shape of the array.
        byte_order: ``<`` or ``>``.
        offset: Bytes before the first number.
        strides: Bytes from one number to the next along each axis; ``None`` for a whole array.
        fortran: Whether the first axis runs fastest.

    Raises:
        ValueError: The array doesn't lie within the bytes.
    """
    width = np.dtype("u2" if kind == BFLOAT16 else kind).newbyteorder(byte_order)
    found: NDArray[np.generic] = np.ndarray(
        shape, width, buffer=data, offset=offset, strides=strides, order="F" if fortran else "C"
    )
    return widened(found) if kind == BFLOAT16 else found


def widened(halves: NDArray[np.generic]) -> NDArray[np.generic]:
    """Turn bfloat16, given as unsigned 16-bit numbers, into single precision; exact."""
    return (halves.astype(np.uint32) << 16).view(np.float32)


def checked_shape(shape: object, origin: object) -> tuple[int, ...]:
    """Check that a shape is a short tuple of sizes that a file could hold.

    Raises:
        WeightsError: It isn't.
    """
    if (
        not isinstance(shape, tuple | list)
        or len(shape) > 8
        or not all(isinstance(size, int) and 0 <= size < 2**40 for size in shape)
        or math.prod(shape) >= 2**40
    ):
        raise WeightsError(f"{origin} holds an array of impossible shape.")
    return tuple(int(size) for size in shape)


def map_file(path: Path) -> memoryview:
    """Map a file into memory; nothing is read before it is looked at.

    Raises:
        WeightsError: It is empty or can't be read.
    """
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is empty"
        raise WeightsError(f"The weights {path} can't be read: {reason}.") from error
