"""Read the weights of a model, whatever form they are in and however many files they fill."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autoclue.models.weights.arrays import StoredArray, WeightsError
from autoclue.models.weights.numpy_pickles import read_paddle
from autoclue.models.weights.safetensors_files import read_safetensors
from autoclue.models.weights.tensor_bundles import read_tensorflow
from autoclue.models.weights.torch_files import read_torch

_READERS = {
    ".safetensors": read_safetensors,
    ".pdparams": read_paddle,
    ".bin": read_torch,
    ".pt": read_torch,
    ".pth": read_torch,
    ".index": read_tensorflow,
}


def read_weights(files: Iterable[Path]) -> dict[str, StoredArray]:
    """List the arrays of one model; their numbers are read when asked for.

    Args:
        files: Its file, or all of its parts.

    Raises:
        WeightsError: A file can't be read, holds what isn't plain data, or two hold the same name.
    """
    found: dict[str, StoredArray] = {}
    for path in files:
        reader = _READERS.get(path.suffix)
        if reader is None:
            raise WeightsError(
                f"The weights {path} are in no known form; allowed: {', '.join(_READERS)}."
            )
        part = reader(path)
        twice = sorted(found.keys() & part.keys())
        if twice:
            raise WeightsError(f"{path} holds {twice[0]!r} again, which another part has too.")
        found.update(part)
    if not found:
        raise WeightsError("The model's files hold no weights at all.")
    return found
