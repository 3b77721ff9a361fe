"""The published model whose best settings a search begins with: the model itself, or one near it.

A model is near another if it is of the same family, and neither depth nor width differs by more
than a factor of 1.5. BERT and RoBERTa count as one family: the Chinese RoBERTas are BERTs that
were pretrained otherwise, and folders of one model name either. Family and sizes come from the
configuration of a folder, or from the tables; of a hub name that no table holds they aren't known
before it is downloaded. The model that ships has none: its 192 are too narrow beside every
published width of its family, and the rates at which it learns are ten times as large as any that
was tried there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autoclue.models.catalog import ModelCard, models
from autoclue.models.published import (
    CLUE_FAMILY,
    PublishedScore,
    find_clue_model,
    published_scores,
)
from autoclue.models.source import ModelSource

MOST_RATIO = 1.5
"""A model whose depth or width differs by more isn't near."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides which models are near.

    Attributes:
        family: PaddleNLP's model class family.
        layers: Encoder layers.
        width: Width of the encoder.
    """

    family: str
    layers: int
    width: int

    @property
    def words(self) -> str:
        """In words: "bert, 12 layers, 768 wide"."""
        return f"{self.family}, {self.layers} layers, {self.width} wide"


@dataclass(frozen=True, slots=True)
class KnownBest:
    """Published best settings for a model's task.

    Attributes:
        name: The published model.
        scores: Its scores with the settings that gave them; different settings each.
        shape: What the model at hand is like, where it isn't the published one itself.
    """

    name: str
    scores: tuple[PublishedScore, ...]
    shape: Shape | None = None

    @property
    def words(self) -> str:
        """Whose settings they are: "ernie-3.0-base-zh", and why where it is another model."""
        if self.shape is None:
            return self.name
        return f"{self.name}, the nearest to this model ({self.shape.words})"


def known_best(model: ModelSource, task: str) -> KnownBest | None:
    """Find the published best settings of a model on a task, or those of the nearest model.

    Args:
        model: The model.
        task: Name of the task.

    Returns:
        ``None`` where nothing is published of the task, or no published model is near.

    Raises:
        UsageError: The model's folder can't be read.

    Examples:
        >>> from autoclue.models import known_best, resolve_model
        >>> known_best(resolve_model("ernie-3.0-base-zh"), "csl").name
        'ernie-3.0-base-zh'
        >>> known_best(resolve_model("builtin"), "csl") is None
        True
    """
    if model.kind == "builtin":
        return None
    if model.kind == "hub" and (own := _with_settings(model.name, task)):
        return KnownBest(model.name, own)
    shape = shape_of(model)
    card = None if shape is None else nearest_card(shape, model.name)
    scores = () if card is None else _with_settings(card.name, task)
    return KnownBest(card.name, scores, shape) if card is not None and scores else None


def shape_of(model: ModelSource) -> Shape | None:
    """Return family and sizes of a model; ``None`` where they aren't known.

    Raises:
        UsageError: The model's folder can't be read.
    """
    if model.path is None:
        own = find_clue_model(model.name)
        return None if own is None else Shape(CLUE_FAMILY, own.layers, own.hidden_size)
    from autoclue.models.folders import open_model  # and with it NumPy

    folder = open_model(model.path)
    layers, width = (folder.sizes.get(n) for n in ("num_hidden_layers", "hidden_size"))
    if layers is None or width is None:
        return None
    return Shape(folder.architecture.family, layers, width)


def nearest_card(shape: Shape, name: str = "") -> ModelCard | None:
    """Find the nearest published model of a family.

    Of equally near ones the one of this name comes first, then the best on average.

    Args:
        shape: What the model is like.
        name: What it is called.
    """
    near = [
        card
        for card in models()
        if _kin(card.family) == _kin(shape.family)
        and _ratio(card.layers, shape.layers) <= MOST_RATIO
        and _ratio(card.hidden_size, shape.width) <= MOST_RATIO
    ]
    return min(near, key=lambda card: _order(card, shape, name), default=None)


def _order(card: ModelCard, shape: Shape, name: str) -> tuple[float, bool, float]:
    distance = math.log(_ratio(card.layers, shape.layers))
    distance += math.log(_ratio(card.hidden_size, shape.width))
    return round(distance, 9), card.name.rpartition("/")[2] != name, -card.average_percent


def _kin(family: str) -> str:
    return "bert" if family == "roberta" else family


def _ratio(first: int, second: int) -> float:
    return max(first, second) / min(first, second)


def _with_settings(name: str, task: str) -> tuple[PublishedScore, ...]:
    """Return the scores of a model on a task whose settings are published, each settings once."""
    found = [s for s in published_scores() if (s.name, s.task) == (name, task) and s.settings]
    return tuple(
        score
        for i, score in enumerate(found)
        if score.settings not in [each.settings for each in found[:i]]
    )
