"""The pretrained models of PaddleNLP's CLUE evaluation, with their published figures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from autoclue.yaml_files import read_yaml, validated

Percent = Annotated[float, Field(ge=0, le=100)]


class PublishedSettings(NamedTuple):
    """The settings that won the published grid search on one task.

    Attributes:
        learning_rate: Peak of the schedule.
        batch_size: Examples in a step.
        dropout: Hidden dropout; 0.1 is what a task ran with where dropout was not searched.
    """

    learning_rate: float
    batch_size: int
    dropout: float = 0.1


class ModelCard(BaseModel):
    """One pretrained model as the published tables show it.

    Attributes:
        name: The name that ``AutoModel.from_pretrained`` takes.
        title: The name in the published table.
        family: The PaddleNLP model class family that holds it ("ernie", "bert", "roberta", ...).
        layers: Encoder layers.
        hidden_size: Width of the encoder.
        average_percent: The published mean over the ten CLUE tasks.
        scores_percent: For each task the scores on its development set by name, in percent, the
            primary one first: ``accuracy``, or ``em`` and ``f1`` for ``cmrc2018``.
        best: For each classification task, the settings that gave the published score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    family: str
    layers: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    average_percent: Percent
    scores_percent: Mapping[str, Mapping[str, Percent]]
    best: Mapping[str, PublishedSettings]

    def primary_percent(self, task: str) -> float:
        """Return the primary published score on a task, in percent.

        Args:
            task: One of the ten CLUE tasks.
        """
        return next(iter(self.scores_percent[task].values()))


class _Catalog(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[ModelCard, ...]


@cache
def models() -> tuple[ModelCard, ...]:
    """List the catalog in the order of the published table, large models first.

    Examples:
        >>> from autoclue.models import models
        >>> models()[0].name
        'ernie-1.0-large-zh-cw'
    """
    source = resources.files("autoclue.models").joinpath("catalog.yaml")
    with resources.as_file(source) as path:
        return validated(_Catalog, read_yaml(path), origin=path.name).models


def find_model(name: str) -> ModelCard | None:
    """Look a model up by the exact name that PaddleNLP gives it; ``None`` when it isn't here.

    Examples:
        >>> from autoclue.models import find_model
        >>> card = find_model("ernie-3.0-base-zh")
        >>> card.layers, card.average_percent, card.best["iflytek"].learning_rate
        (12, 76.05, 5e-05)
    """
    return next((card for card in models() if card.name == name), None)
