"""Refuse settings that can never work with a model and its data, before anything is trained."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.layers import Encoder, find_depths
from autoclue.layers.registry import STRATEGIES, load_strategy
from autoclue.models import ModelSource
from autoclue.models.folders import ModelFolder, encoder_shapes
from autoclue.tasks import TaskSpec
from autoclue.training.config import TrialConfig
from autoclue.training.model import open_if_here

HEAD = ("classifier.weight", "classifier.bias")
"""Stands for the head, which no folder needs to hold."""
PLAIN_HEADS = ("bert", "ernie")
"""Families whose networks have this head and no other parameter above the pooler."""


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """What can be known of a model without building it.

    Attributes:
        positions: Longest input in tokens; ``None`` where there is no limit or it isn't known.
        encoder: Its parameters by depth; ``None`` where they can't be derived.
    """

    positions: int | None = None
    encoder: Encoder | None = None


def model_limits(source: ModelSource) -> ModelLimits:
    """Derive a model's limits from its folder; nothing is known of one that isn't here yet.

    Raises:
        UsageError: The folder can't be read.
    """
    opened = open_if_here(source)
    return ModelLimits() if opened is None else _limits_of(opened)


def _limits_of(folder: ModelFolder) -> ModelLimits:
    positions = folder.sizes.get("max_position_embeddings")
    known = positions if positions is not None and positions > 0 else None
    family = folder.architecture.family
    shapes = encoder_shapes(folder) if family in PLAIN_HEADS else None
    if shapes is None:
        return ModelLimits(known)
    sizes = {f"{family}.{name}": math.prod(shape) for name, shape in shapes.items()}
    try:
        return ModelLimits(known, find_depths({**sizes, **dict.fromkeys(HEAD, 1)}))
    except UsageError:
        return ModelLimits(known)  # the trial itself says what doesn't fit


def batch_problem(batch_size: object, train_rows: int) -> str | None:
    """Say why a batch that somebody asks for can't be; ``None`` where it can.

    A recipe's own batch may be larger than a small data set, which is then one batch.

    Args:
        batch_size: Examples in a step.
        train_rows: Usable rows to train on.
    """
    if not isinstance(batch_size, int) or batch_size <= train_rows:
        return None
    return (
        f"batch_size is {batch_size}, but there are {train_rows:,} rows to train on; use "
        f"{train_rows} or less."
    )


def least_features(spec: TaskSpec, rows: int) -> int:
    """Return how many features so many rows make at the least: long texts make several windows."""
    return rows if spec.kind != "span_extraction" else sys.maxsize


def setting_problem(config: TrialConfig, limits: ModelLimits) -> str | None:
    """Say why a configuration can never work; ``None`` where nothing speaks against it.

    Args:
        config: Complete settings.
        limits: Those of its model.
    """
    if limits.positions is not None and config.max_length_tokens > limits.positions:
        return (
            f"max_length_tokens is {config.max_length_tokens}, but the model has "
            f"{limits.positions} positions; use {limits.positions} or less."
        )
    if limits.encoder is None or config.strategy not in STRATEGIES.names():
        return None
    try:
        strategy = load_strategy(config.strategy, config.strategy_params)
        strategy.plan(limits.encoder, weight_decay=config.weight_decay, epoch=1)
    except UsageError as error:
        return str(error)
    return None
