"""Write a model's folder anew, in the one form that autoclue itself writes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from autoclue.errors import AutoclueError, UsageError
from autoclue.models.folders import Match, ModelFolder, open_model, weight_files
from autoclue.models.weights import StoredArray
from autoclue.training.model.local import (
    build_network,
    encoder_parameters,
    new_network,
    tokenizer_of,
)
from autoclue.training.model.network import seed_everything
from autoclue.training.model.writing import write_whole
from autoclue.training.originals import (
    FRAMEWORKS,
    Inputs,
    NotComparedError,
    original_outputs,
    some_inputs,
)
from autoclue.training.platform import load_paddle

TOLERANCE = 1e-4
"""How far outputs of about 1 may differ: other orders of summing differ by some 1e-6."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did.

    Attributes:
        layout: Whose form the model was in.
        family: Its architecture.
        parameters: How many parameters were written.
        notes: What was derived, mapped or left out, a clause each.
        compared: What the framework that the model comes from had to say, a clause: with which
            its outputs were compared and how close they are, or why they were not.
    """

    layout: str
    family: str
    parameters: int
    notes: tuple[str, ...]
    compared: str


def convert_model(source: Path, target: Path) -> Converted:
    """Write a model as ``config.json``, ``model.safetensors``, ``vocab.txt`` and tokenizer files.

    Only the encoder is written: heads of other tasks are left out. What was written is read back
    and compared with its source, number by number. Where the framework that the model comes from
    is installed, both answer a few inputs, and their answers are compared too.

    Args:
        source: A model's folder in any form that ``--model`` takes.
        target: Where to write; must not exist or be empty.

    Raises:
        UsageError: The source isn't a model that can be read, or the target holds something.
        FolderError: It can't be written (a full disk, a read-only folder).
        AutoclueError: What was written isn't the model that was read; nothing is left of it.
    """
    if not source.is_dir():
        raise UsageError(f"There is no folder {str(source)!r}; give the folder of a model.")
    opened = open_model(source)
    seed_everything(0)
    network = new_network(opened, "Model", {})
    match = opened.match({name: shape for name, (_, shape) in encoder_parameters(network).items()})
    tokenizer = tokenizer_of(opened)
    compared: list[str] = []

    def write(scratch: Path) -> None:
        _write(scratch, opened, match, network, tokenizer)
        compared.append(_compare(opened, match, scratch))

    write_whole(target, write)
    return Converted(
        layout=opened.layout,
        family=opened.architecture.family,
        parameters=len(match.taken),
        notes=(*opened.notes, *match.words(opened.architecture.family)),
        compared=compared[0],
    )


def _compare(opened: ModelFolder, match: Match, written: Path) -> str:
    """Compare what was written with the original in its own framework.

    Raises:
        AutoclueError: Their answers differ.
    """
    framework = FRAMEWORKS.get(opened.layout)
    if framework is None:
        return "outputs not compared: the model comes in a form of PaddleNLP's own"
    sizes = opened.sizes
    inputs = some_inputs(
        sizes["vocab_size"],
        sizes.get("max_position_embeddings"),
        sizes.get("type_vocab_size", 2),
    )
    try:
        theirs = original_outputs(
            framework,
            config=opened.config,
            family=opened.architecture.family,
            weights=weight_files(opened.path),
            prefix=match.prefix,
            inputs=inputs,
        )
    except NotComparedError as error:
        return f"outputs not compared: {error}"
    ours = _answers(written, inputs)
    worst = float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else math.inf
    if not worst <= TOLERANCE:
        raise AutoclueError(
            f"The converted model answers otherwise than the original in {framework.words}: the "
            f"largest difference of its last hidden states is {worst:.1e}, and {TOLERANCE:g} is "
            "allowed. Nothing is written."
        )
    rows, tokens = inputs.ids.shape
    return (
        f"outputs compared with {framework.words}: {rows} inputs of {tokens} tokens, the largest "
        f"difference {worst:.1e} ({TOLERANCE:g} is allowed)"
    )


def _answers(folder: Path, inputs: Inputs) -> NDArray[np.float32]:
    """Return the last hidden states of a model's folder."""
    paddle = load_paddle()
    network = build_network(open_model(folder), "Model", keep_head=False, settings={})
    network.eval()
    with paddle.no_grad():
        found = network(
            paddle.to_tensor(inputs.ids), token_type_ids=paddle.to_tensor(inputs.segments)
        )
    states = found[0] if isinstance(found, tuple | list) else found
    return np.asarray(states.numpy(), dtype=np.float32)


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
