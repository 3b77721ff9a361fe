"""Every published figure, with the document that it stands in, and CLUE's own six models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from autoclue.errors import unknown_name
from autoclue.models.catalog import Percent, PublishedSettings, find_model, models
from autoclue.yaml_files import read_yaml, validated

CATALOG_DOCUMENT: Final = "paddlenlp"
CLUE_VOCABULARY_SIZE: Final = 8021
"""Lines of the vocabulary that all of CLUE's own models share."""
CLUE_FAMILY: Final = "bert"

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Document(BaseModel):
    """What published figures come from.

    Attributes:
        title: For people.
        reference: Where it can be found.
    """

    model_config = _FROZEN

    title: str
    reference: str


class LayerWiseSettings(BaseModel):
    """The settings of discriminative fine-tuning with PaddleHub's groups that gave a score.

    Attributes:
        learning_rate: Of the top block.
        blocks: Blocks asked for.
        factor: Between a block and the one below.
    """

    model_config = _FROZEN

    learning_rate: float
    blocks: int
    factor: float

    @property
    def settings(self) -> dict[str, float | int | str]:
        """As settings of the strategy ``discriminative``, with the document's schedule."""
        own = {"learning_rate": self.learning_rate, "blocks": self.blocks, "factor": self.factor}
        return {**own, "grouping": "paddlehub", "schedule": "plateau", "weight_decay": 0.0}


class PublishedRow(BaseModel):
    """A model's row in a published table.

    Attributes:
        title: The model as the document writes it.
        name: Its name on a hub, if it has one.
        parameters: How many it has, as the document writes it.
        score_percent: The document's own mean, if it has one.
        scores_percent: For each task the scores by name, in percent, the primary one first.
        best: For each task the settings that gave the score, where they are published.
        layer_wise: The same where they are those of a layer-wise strategy.
    """

    model_config = _FROZEN

    title: str
    name: str | None = None
    parameters: str | None = None
    score_percent: Percent | None = None
    scores_percent: Mapping[str, Mapping[str, Percent]]
    best: Mapping[str, PublishedSettings] = Field(default_factory=dict)
    layer_wise: Mapping[str, LayerWiseSettings] = Field(default_factory=dict)


class PublishedTable(BaseModel):
    """A published table beside the catalog's.

    Attributes:
        name: What it is called here.
        document: Key of the document that it stands in.
        part: The part of the data that was scored; ``None`` where the document doesn't say.
        rows: Its rows that differ from the catalog's.
        agrees: Names of the models whose row equals the catalog's, settings included.
    """

    model_config = _FROZEN

    name: str
    document: str
    part: Literal["dev", "test"] | None
    rows: tuple[PublishedRow, ...]
    agrees: tuple[str, ...] = ()


class TrainingSpeed(BaseModel):
    """How fast a model of one vocabulary trained.

    Attributes:
        title: The model.
        vocabulary: Name of its vocabulary.
        vocabulary_size: Lines of the vocabulary.
        parameters: How many it has, as the document writes it.
        device: What it was trained on.
        seconds_per_1k_steps: Seconds for a thousand steps.
    """

    model_config = _FROZEN

    title: str
    vocabulary: str
    vocabulary_size: int
    parameters: str
    device: str
    seconds_per_1k_steps: int


class ClueModel(BaseModel):
    """One of CLUE's own pretrained models, all with the vocabulary of 8,021 lines.

    Attributes:
        name: Its name on the hub.
        title: Its name in the document.
        layers: Encoder layers.
        hidden_size: Width of the encoder.
        parameters: How many it has, as the document writes it.
        size: Of its weights on disk, as the document writes it.
        pair: Whether it was made for pairs of sentences.
        other: Name of the model of about this size that is of the other kind.
    """

    model_config = _FROZEN

    name: str
    title: str
    layers: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    parameters: str
    size: str
    pair: bool
    other: str


class SmallRecipe(BaseModel):
    """How the document of CLUE's own models trains small ones.

    Attributes:
        learning_rates: What to try.
        learning_rate: The default among them.
        epochs: The fewest and the most.
    """

    model_config = _FROZEN

    learning_rates: tuple[float, ...]
    learning_rate: float
    epochs: tuple[int, int]


class _Published(BaseModel):
    model_config = _FROZEN

    documents: Mapping[str, Document]
    tables: tuple[PublishedTable, ...]
    speeds: tuple[TrainingSpeed, ...]
    clue_models: tuple[ClueModel, ...]
    small_recipe: SmallRecipe


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """One published score.

    Attributes:
        document: Key of the document that it stands in.
        table: Name of the table there.
        part: The part of the data that was scored; ``None`` where the document doesn't say.
        title: The model as the document writes it.
        name: The model's name on a hub, if it has one.
        family: Its model class, if it is in the catalog.
        task: The task.
        scores_percent: Its scores by name, in percent, the primary one first.
        settings: What gave it, where that is published.
        average_percent: The document's own mean over the model's row, if it has one.
    """

    document: str
    table: str
    part: str | None
    title: str
    name: str | None
    family: str | None
    task: str
    scores_percent: Mapping[str, float]
    settings: Mapping[str, float | int | str]
    average_percent: float | None = None

    @property
    def percent(self) -> float:
        """The primary score, in percent."""
        return next(iter(self.scores_percent.values()))


@cache
def _published() -> _Published:
    source = resources.files("autoclue.models").joinpath("published.yaml")
    with resources.as_file(source) as path:
        return validated(_Published, read_yaml(path), origin=path.name)


def published_documents() -> Mapping[str, Document]:
    """Return the documents that published figures come from, by their keys."""
    return _published().documents


def published_tables() -> tuple[PublishedTable, ...]:
    """List the published tables beside the catalog's.

    Examples:
        >>> from autoclue.models import published_tables
        >>> [table.name for table in published_tables()]
        ['nine', 'first', 'autofinetune', 'small', 'large', 'pair']
    """
    return _published().tables


def published_speeds() -> tuple[TrainingSpeed, ...]:
    """List the published speeds of training."""
    return _published().speeds


def clue_models() -> tuple[ClueModel, ...]:
    """List CLUE's own pretrained models.

    Examples:
        >>> from autoclue.models import clue_models
        >>> [model.name for model in clue_models() if model.pair]
        ['clue/roberta_chinese_pair_tiny', 'clue/roberta_chinese_pair_large']
    """
    return _published().clue_models


def small_recipe() -> SmallRecipe:
    """Return how the document of CLUE's own models trains small ones."""
    return _published().small_recipe


def find_clue_model(name: str) -> ClueModel | None:
    """Look one of CLUE's own models up by its name, with or without the owner, or its title.

    A folder that is called as such a model is taken for it.

    Examples:
        >>> from autoclue.models import find_clue_model
        >>> find_clue_model("RoBERTa-tiny-pair").layers
        4
    """
    wanted = name.lower()
    for model in clue_models():
        names = (model.name, model.name.rpartition("/")[2], model.title)
        if wanted in map(str.lower, names):
            return model
    return None


def known_size(name: str) -> tuple[int, int] | None:
    """Return the encoder layers and the width of a hub model that a published table names."""
    card = find_model(name) or find_clue_model(name)
    return None if card is None else (card.layers, card.hidden_size)


def pair_hint(name: str, *, pairs: bool) -> str | None:
    """Say that CLUE has a model of the other kind for a task, where that is so.

    Args:
        name: The model.
        pairs: Whether the task is about pairs of sentences; otherwise it is about single texts.

    Examples:
        >>> from autoclue.models import pair_hint
        >>> pair_hint("clue/roberta_chinese_clue_tiny", pairs=True)
        'for pairs of sentences CLUE recommends clue/roberta_chinese_pair_tiny'
    """
    model = find_clue_model(name)
    if model is None or model.pair == pairs:
        return None
    if pairs:
        return f"for pairs of sentences CLUE recommends {model.other}"
    return f"{model.title} is made for pairs of sentences; for single texts take {model.other}"


def published_scores() -> tuple[PublishedScore, ...]:
    """List every published score, the catalog's first.

    Rows of another table that equal the catalog's are left out.

    Examples:
        >>> from autoclue.models import published_scores
        >>> found = [s for s in published_scores() if s.task == "xnli"]
        >>> found[0].percent, found[0].document
        (81.24, 'autofinetune')
    """
    return (*_of_catalog(), *_of_tables())


def published_settings(name: str, task: str, document: str | None = None) -> PublishedScore:
    """Return the score of a model on a task whose settings are published.

    Args:
        name: The model's name on a hub.
        task: The task.
        document: Key of the document; ``None`` takes the first that has one, the catalog's before
            others.

    Raises:
        UsageError: There is none.

    Examples:
        >>> from autoclue.models import published_settings
        >>> dict(published_settings("ernie-3.0-base-zh", "csl").settings)
        {'learning_rate': 2e-05, 'batch_size': 32, 'dropout': 0.1}
    """
    with_settings = [score for score in published_scores() if score.settings and score.name]
    of_model = [score for score in with_settings if score.name == name]
    if not of_model:
        known = {str(score.name) for score in with_settings}
        raise unknown_name("model with published settings", name, known)
    found = [score for score in of_model if score.task == task]
    if not found:
        tasks = {score.task for score in of_model}
        raise unknown_name(f"task with published settings of {name}", task, tasks)
    if document is not None and document not in {score.document for score in found}:
        documents = {score.document for score in found}
        raise unknown_name(f"document with settings of {name} on {task}", document, documents)
    return next(score for score in found if document in (None, score.document))


def _of_catalog() -> Iterator[PublishedScore]:
    for card in models():
        for task, scores in card.scores_percent.items():
            yield PublishedScore(
                document=CATALOG_DOCUMENT,
                table="all",
                part="dev",
                title=card.title,
                name=card.name,
                family=card.family,
                task=task,
                scores_percent=scores,
                settings=card.best[task]._asdict(),
                average_percent=card.average_percent,
            )


def _of_tables() -> Iterator[PublishedScore]:
    for table in published_tables():
        for row in table.rows:
            for task, scores in row.scores_percent.items():
                yield PublishedScore(
                    document=table.document,
                    table=table.name,
                    part=table.part,
                    title=row.title,
                    name=row.name,
                    family=_family(row),
                    task=task,
                    scores_percent=scores,
                    settings=_settings(row, task),
                    average_percent=row.score_percent,
                )


def _family(row: PublishedRow) -> str | None:
    """Return the model class of a row; CLUE's own models are BERT in all but name."""
    if row.name is None:
        return None
    card = find_model(row.name)
    if card is not None:
        return card.family
    return None if find_clue_model(row.name) is None else CLUE_FAMILY


def _settings(row: PublishedRow, task: str) -> Mapping[str, float | int | str]:
    if task in row.best:
        return row.best[task]._asdict()
    return row.layer_wise[task].settings if task in row.layer_wise else {}
