"""Read safetensors files, in one part or several."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from autoclue.models.weights.arrays import StoredArray, WeightsError, widened

NUMBERS = frozenset({"F16", "F32", "F64", "I8", "I16", "I32", "I64", "U8", "U16", "U32", "BOOL"})
HALF = "BF16"


def read_safetensors(path: Path) -> dict[str, StoredArray]:
    """List the arrays of a file; its metadata, if any, is left alone.

    Raises:
        WeightsError: It is damaged, or holds what are no plain numbers.
    """
    try:
        with safe_open(path, framework="np") as file:
            described = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            shapes = {name: tuple(each.get_shape()) for name, each in described.items()}
            kinds = {name: str(each.get_dtype()) for name, each in described.items()}
    except (OSError, SafetensorError, ValueError) as error:
        raise _damaged(path, error) from error
    for name, kind in kinds.items():
        if kind not in NUMBERS and kind != HALF:
            raise WeightsError(f"{path} holds {name[:200]!r} as {kind}, which can't be trained.")
    return {
        name: StoredArray(shape, partial(_read_half if kinds[name] == HALF else _read, path, name))
        for name, shape in shapes.items()
    }


def _read(path: Path, name: str) -> NDArray[np.generic]:
    try:
        with safe_open(path, framework="np") as file:
            found: NDArray[np.generic] = file.get_tensor(name)
            return found
    except (OSError, SafetensorError, ValueError) as error:
        raise _damaged(path, error) from error


def _read_half(path: Path, name: str) -> NDArray[np.generic]:
    """Read an array in bfloat16, which NumPy doesn't have; the header has been checked before."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            told = json.loads(file.read(length))[name]
            start, end = told["data_offsets"]
            file.seek(8 + length + start)
            numbers = np.frombuffer(file.read(end - start), dtype="<u2")
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error
    return widened(numbers.reshape(told["shape"]))


def _damaged(path: Path, error: Exception) -> WeightsError:
    reason = " ".join(str(error).split())[:200]
    return WeightsError(f"The weights {path} can't be read as safetensors ({reason}).")
