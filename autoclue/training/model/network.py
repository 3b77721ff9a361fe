"""Load a pretrained network, and set what the recipe changes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autoclue.errors import UsageError
from autoclue.layers import Encoder, find_depths
from autoclue.models import ModelSource
from autoclue.models.folders import ModelFolder, open_model
from autoclue.training.model.hub import open_location
from autoclue.training.model.hub_files import quiet
from autoclue.training.model.local import build_network, tokenizer_of
from autoclue.training.model.padding import READS_THE_END
from autoclue.training.platform import load_paddle, load_paddlenlp

KEPT_WEIGHTS = "model.safetensors"
PICKLED = frozenset({".pdparams", ".bin", ".pt", ".pth", ".pkl"})
"""Forms of weights that autoclue never writes."""


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and Paddle, as the published script does before it loads the model."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - libraries below draw from the global generator
    load_paddle().seed(seed)


def load_tokenizer(location: str) -> Any:
    """Load the tokenizer of a model.

    Args:
        location: Hub name or folder.

    Raises:
        UsageError: There is none, or it can't be fetched.
    """
    opened = open_location(location)
    with quiet():
        return tokenizer_of(opened)


@dataclass(frozen=True, slots=True)
class PaddleHead:
    """The layers that PaddleNLP puts on top of an encoder.

    Attributes:
        kind: How PaddleNLP's classes with these layers end, such as ``ForSequenceClassification``.
        settings: What they take, such as ``num_classes``.
    """

    kind: str
    settings: Mapping[str, int] = field(default_factory=dict)


def load_network(location: str, head: PaddleHead, *, seed: int, keep_head: bool = False) -> Any:
    """Load a network, with a fresh head unless that of its folder shall be kept.

    The seed is set first, so that the head, and every dropout mask after it, are those of a
    process that does nothing else. Weights are read without running any code of theirs, and
    refused where they don't fit; the head of an earlier fine-tuning is left out.

    Args:
        location: Hub name or folder.
        head: The layers on top of the encoder.
        seed: Seeds the head.
        keep_head: Whether a folder's own head is kept, see ``check_kept_head``.

    Raises:
        UsageError: There is no such model, it can't be fetched, its architecture has no such head,
            or its weights don't fit it.
    """
    return _build(open_location(location), head, keep_head=keep_head, seed=seed)


def load_kept_network(folder: Path, head: PaddleHead, *, seed: int) -> Any:
    """Load a network that autoclue kept, with its head.

    Args:
        folder: What a trial kept; its weights are in safetensors form, and no other is read.
        head: The layers on top of the encoder.
        seed: The trial's seed.

    Raises:
        UsageError: The folder holds no such network.
    """
    others = sorted(path.name for path in folder.glob("*") if path.suffix in PICKLED)
    if others or not (folder / KEPT_WEIGHTS).is_file():
        instead = f", but holds {others[0]}" if others else ""
        raise UsageError(
            f"{folder} should hold the weights that autoclue kept as {KEPT_WEIGHTS}{instead}. "
            "autoclue writes no other form: the folder was changed, and isn't loaded."
        )
    return _build(open_model(folder), head, keep_head=True, seed=seed)


def _build(folder: ModelFolder, head: PaddleHead, *, keep_head: bool, seed: int) -> Any:
    load_paddlenlp()
    seed_everything(seed)
    with quiet():
        return build_network(folder, head.kind, keep_head=keep_head, settings=head.settings)


def depths_of(network: Any) -> Encoder:
    """Find the depth of every parameter of a network.

    Raises:
        UsageError: A parameter has no known place; the message lists the names.
    """
    sizes = {name: int(np.prod(p.shape)) for name, p in network.named_parameters()}
    return find_depths(sizes, family=getattr(network.config, "model_type", None))


def check_ids(network: Any, largest: Iterable[int]) -> None:
    """Refuse token ids for which the network has no embedding; Paddle would crash on them.

    Args:
        network: The network.
        largest: The largest token id of each tokenized split.

    Raises:
        UsageError: One is too large.
    """
    rows = getattr(network.config, "vocab_size", None)
    worst = max(largest)
    if rows is not None and worst >= rows:
        raise UsageError(
            f"The tokenizer gives pieces up to number {worst:,}, but the model has embeddings for "
            f"{rows:,} (0 to {rows - 1:,}); give the vocabulary that belongs to the weights."
        )


def check_length(network: Any, max_length_tokens: int) -> None:
    """Refuse inputs longer than the network has positions for.

    Raises:
        UsageError: It has fewer.
    """
    if getattr(network.config, "model_type", None) in READS_THE_END:
        return  # its positions are relative, without a limit
    positions = getattr(network.config, "max_position_embeddings", None)
    if positions is not None and 0 < positions < max_length_tokens:
        raise UsageError(
            f"max_length_tokens is {max_length_tokens}, but the model has {positions} positions; "
            f"use {positions} or less."
        )


def location_of(source: ModelSource) -> str:
    """Return what PaddleNLP is asked for: a folder if there is one, a hub name otherwise."""
    folder = source.path or source.fetched
    return source.name if folder is None else str(folder)
