"""Build the network and the tokenizer of a model's folder, in whatever form it is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autoclue.errors import UsageError
from autoclue.models.folders import Match, ModelFolder, open_model
from autoclue.models.weights import StoredArray
from autoclue.training.platform import load_paddlenlp

Shapes = Mapping[str, tuple[int, ...]]


def build_network(
    folder: ModelFolder, kind: str, *, keep_head: bool, settings: Mapping[str, Any]
) -> tuple[Any, Match]:
    """Build a network and fill it with the weights of its folder.

    Its parameters are drawn first and then overwritten, as PaddleNLP does, so that a new head and
    every dropout mask after it are those that PaddleNLP would give.

    Args:
        folder: The model's folder.
        kind: How PaddleNLP's class ends, such as ``ForSequenceClassification``.
        keep_head: Whether the head is filled too; otherwise it stays new, and an old one is left
            out.
        settings: What is changed in the configuration, such as ``num_classes``.

    Returns:
        The network and what filled it.

    Raises:
        UsageError: The network can't be built, or the weights don't fit it.
    """
    network = _new_network(folder, kind, settings)
    prefix = f"{network.base_model_prefix}."
    parameters = dict(network.named_parameters())
    shapes = {name: tuple(int(n) for n in p.shape) for name, p in parameters.items()}
    encoder = {n.removeprefix(prefix): s for n, s in shapes.items() if n.startswith(prefix)}
    match = folder.match(encoder)
    for target, source in match.taken.items():
        stored = folder.weights[source.name]
        _fill(parameters[prefix + target], stored, transposed=source.transposed)
    if keep_head:
        head = {name: shape for name, shape in shapes.items() if not name.startswith(prefix)}
        _fill_head(folder, head, parameters)
    return network, match


def _new_network(folder: ModelFolder, kind: str, settings: Mapping[str, Any]) -> Any:
    transformers = load_paddlenlp()
    name = f"{folder.architecture.class_name}{kind}"
    network_class = getattr(transformers, name, None)
    if network_class is None:
        raise UsageError(
            f"The model in {folder.path} is a {folder.architecture.family}, for which PaddleNLP "
            f"has no {name}; give a model of another family."
        )
    try:
        config = network_class.config_class.from_dict(
            copy.deepcopy(dict(folder.config)), **settings
        )
        config.dtype = "float32"
        return network_class.from_config(config, dtype="float32")
    except Exception as error:  # PaddleNLP raises whatever a wrong setting leads to
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise UsageError(f"The model in {folder.path} can't be built: {reason}") from error


def _fill(parameter: Any, stored: StoredArray, *, transposed: bool) -> None:
    numbers = stored.read()
    if transposed:
        numbers = numbers.T
    shape = [int(n) for n in parameter.shape]
    parameter.set_value(np.ascontiguousarray(numbers, dtype=np.float32).reshape(shape))


def _fill_head(folder: ModelFolder, head: Shapes, parameters: Mapping[str, Any]) -> None:
    """Fill the parameters outside of the encoder.

    Raises:
        UsageError: One of them isn't stored in its shape.
    """
    missing = [
        name
        for name, shape in head.items()
        if name not in folder.weights or folder.weights[name].shape != shape
    ]
    if missing:
        raise UsageError(
            f"The model in {folder.path} has no head that fits its labels "
            f"({', '.join(missing)}); give the folder 'best' of a study or a training."
        )
    for name in head:
        _fill(parameters[name], folder.weights[name], transposed=False)


def build_tokenizer(location: Path) -> Any:
    """Make the tokenizer of a model's folder.

    Raises:
        UsageError: The folder lacks a part, or PaddleNLP can't make it.
    """
    folder = open_model(location)
    transformers = load_paddlenlp()
    choice = folder.tokenizer
    try:
        if choice.class_name is None:
            return transformers.AutoTokenizer.from_pretrained(str(location), **choice.settings)
        return getattr(transformers, choice.class_name)(**choice.settings)
    except Exception as error:  # PaddleNLP raises whatever a wrong setting leads to
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise UsageError(f"The tokenizer in {location} can't be made: {reason}") from error
