"""Build the network and the tokenizer of a model's folder, in whatever form it is."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from autoclue.errors import UsageError
from autoclue.models.folders import ModelFolder, no_such_head
from autoclue.models.weights import StoredArray
from autoclue.training.platform import load_paddlenlp


def build_network(
    folder: ModelFolder, kind: str, *, keep_head: bool, settings: Mapping[str, Any]
) -> Any:
    """Build a network and fill it with the weights of its folder.

    Its parameters are drawn first and then overwritten, as PaddleNLP does, so that a new head and
    every dropout mask after it are those that PaddleNLP would give.

    Args:
        folder: The model's folder.
        kind: How PaddleNLP's class ends, such as ``ForSequenceClassification``.
        keep_head: Whether the head is filled too; otherwise it stays new, and an old one is left
            out.
        settings: What is changed in the configuration, such as ``num_classes``.

    Raises:
        UsageError: The network can't be built, or the weights don't fit it.
    """
    network = new_network(folder, kind, settings)
    encoder = encoder_parameters(network)
    match = folder.match({name: shape for name, (_, shape) in encoder.items()})
    for target, source in match.taken.items():
        parameter, _ = encoder[target]
        _fill(parameter, folder.weights[source.name], transposed=source.transposed)
    if keep_head:
        _fill_head(folder, network, torch=match.style == "torch")
    return network


def new_network(folder: ModelFolder, kind: str, settings: Mapping[str, Any]) -> Any:
    """Build the network that a folder describes, its parameters drawn.

    Args:
        folder: The model's folder.
        kind: How PaddleNLP's class ends, such as ``Model``.
        settings: What is changed in the configuration.

    Raises:
        UsageError: PaddleNLP has no such network, or it can't be built.
    """
    transformers = load_paddlenlp()
    name = f"{folder.architecture.class_name}{kind}"
    network_class = getattr(transformers, name, None)
    if network_class is None or not folder.architecture.has_head(kind):
        raise no_such_head(str(folder.path), f"AutoModel{kind}")
    try:
        config = network_class.config_class.from_dict(
            copy.deepcopy(dict(folder.config)), **settings
        )
        config.dtype = "float32"
        return network_class.from_config(config, dtype="float32")
    except Exception as error:  # PaddleNLP raises whatever a wrong setting leads to
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        activation = folder.config.get("hidden_act")
        if isinstance(error, AttributeError) and f"'{activation}'" in reason:
            reason = f"PaddleNLP has no activation called {activation} (hidden_act)."
        raise UsageError(f"The model in {folder.path} can't be built: {reason}") from error


def encoder_parameters(network: Any) -> dict[str, tuple[Any, tuple[int, ...]]]:
    """List the parameters of a network's encoder with their shapes, by names below its prefix."""
    prefix = network.base_model_prefix
    encoder = getattr(network, prefix, network)
    return {name: (p, _shape(p)) for name, p in encoder.named_parameters()}


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _shape(parameter: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in parameter.shape)


def _fill(parameter: Any, stored: StoredArray, *, transposed: bool) -> None:
    numbers = stored.read()
    if transposed:
        numbers = numbers.T
    filled = np.ascontiguousarray(numbers, dtype=np.float32)
    parameter.set_value(filled.reshape(_shape(parameter)))


def _fill_head(folder: ModelFolder, network: Any, *, torch: bool) -> None:
    """Fill the parameters outside of the encoder; PyTorch's linear weights are transposed.

    Raises:
        UsageError: One of them isn't stored, or in another shape.
    """
    prefix = f"{network.base_model_prefix}."
    head = {name: p for name, p in network.named_parameters() if not name.startswith(prefix)}
    turned = {name: torch and len(parameter.shape) == 2 for name, parameter in head.items()}
    missing = [name for name in head if name not in folder.weights]
    if missing:
        raise UsageError(
            f"The model in {folder.path} has no head for this kind of task ({', '.join(missing)} "
            "isn't there); give one that was fine-tuned for it, such as the folder 'best' of a "
            "study or a training."
        )
    for name, parameter in head.items():
        wanted = _shape(parameter)[:: -1 if turned[name] else 1]
        _check_sizes(folder, name, wanted)
    for name, parameter in head.items():
        _fill(parameter, folder.weights[name], transposed=turned[name])


def _check_sizes(folder: ModelFolder, name: str, wanted: tuple[int, ...]) -> None:
    stored = folder.weights[name].shape
    if stored != wanted:
        raise UsageError(
            f"The head of the model in {folder.path} was trained for another number of labels: "
            f"{name} is {_sizes(stored)}, and the task needs {_sizes(wanted)}; give a model that "
            "was fine-tuned on this task."
        )


def _tokenizer_class(transformers: Any, folder: ModelFolder, name: str) -> Any:
    """Find a tokenizer's class; PaddleNLP doesn't show that of Chinese ALBERTs at its front."""
    if hasattr(transformers, name):
        return getattr(transformers, name)
    family = folder.architecture.family
    return getattr(importlib.import_module(f"{transformers.__name__}.{family}.tokenizer"), name)


def tokenizer_of(folder: ModelFolder) -> Any:
    """Make the tokenizer of a model's folder.

    Raises:
        UsageError: PaddleNLP can't make it.
    """
    transformers = load_paddlenlp()
    choice = folder.tokenizer
    try:
        if choice.class_name is None:
            location = str(folder.path)
            return transformers.AutoTokenizer.from_pretrained(location, **choice.settings)
        return _tokenizer_class(transformers, folder, choice.class_name)(**choice.settings)
    except Exception as error:  # PaddleNLP raises whatever a wrong setting leads to
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise UsageError(f"The tokenizer in {folder.path} can't be made: {reason}") from error
