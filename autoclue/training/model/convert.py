"""Write a model's folder anew, in the one form that autoclue itself writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from autoclue.errors import AutoclueError, UsageError
from autoclue.models.folders import Match, ModelFolder, open_model
from autoclue.models.weights import StoredArray
from autoclue.training.model.local import encoder_parameters, new_network, tokenizer_of
from autoclue.training.model.network import seed_everything
from autoclue.training.model.writing import write_whole


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did.

    Attributes:
        layout: Whose form the model was in.
        family: Its architecture.
        parameters: How many parameters were written.
        notes: What was derived, mapped or left out, a clause each.
    """

    layout: str
    family: str
    parameters: int
    notes: tuple[str, ...]


def convert_model(source: Path, target: Path) -> Converted:
    """Write a model as ``config.json``, ``model.safetensors``, ``vocab.txt`` and tokenizer files.

    Only the encoder is written: heads of other tasks are left out. What was written is read back
    and compared with its source, number by number.

    Args:
        source: A model's folder in any form that ``--model`` takes.
        target: Where to write; must not exist or be empty.

    Raises:
        UsageError: The source isn't a model that can be read, or the target holds something.
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    if not source.is_dir():
        raise UsageError(f"There is no folder {str(source)!r}; give the folder of a model.")
    opened = open_model(source)
    seed_everything(0)
    network = new_network(opened, "Model", {})
    match = opened.match({name: shape for name, (_, shape) in encoder_parameters(network).items()})
    tokenizer = tokenizer_of(opened)
    write_whole(target, lambda scratch: _write(scratch, opened, match, network, tokenizer))
    return Converted(
        layout=opened.layout,
        family=opened.architecture.family,
        parameters=len(match.taken),
        notes=(*opened.notes, *match.words(opened.architecture.family)),
    )


def _write(folder: Path, opened: ModelFolder, match: Match, network: Any, tokenizer: Any) -> None:
    network.config.architectures = [f"{opened.architecture.class_name}Model"]
    network.config.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    arrays = {
        name: _numbers(opened.weights[source.name], transposed=source.transposed)
        for name, source in match.taken.items()
    }
    save_file(arrays, folder / "model.safetensors", metadata={"format": "np"})
    written = open_model(folder).weights
    for name, numbers in arrays.items():
        found = written[name].read() if name in written else None
        if found is None or found.tobytes() != numbers.tobytes():
            raise AutoclueError(f"{name} was written to {folder}, but isn't read back as it was.")


def _numbers(stored: StoredArray, *, transposed: bool) -> NDArray[np.generic]:
    numbers = stored.read()
    kind = numbers.dtype if numbers.dtype in (np.float16, np.float32) else np.dtype(np.float32)
    return np.ascontiguousarray(numbers.T if transposed else numbers, dtype=kind)
