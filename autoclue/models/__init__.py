"""Which pretrained models there are: the published catalog, and where a given name leads."""

from autoclue.models.baseline import Baseline, default_baseline, is_small
from autoclue.models.catalog import ModelCard, PublishedSettings, find_model, models
from autoclue.models.nearest import KnownBest, known_best
from autoclue.models.published import (
    CLUE_VOCABULARY_SIZE,
    ClueModel,
    Document,
    LayerWiseSettings,
    PublishedRow,
    PublishedScore,
    PublishedTable,
    SmallRecipe,
    TrainingSpeed,
    clue_models,
    find_clue_model,
    known_size,
    pair_hint,
    published_documents,
    published_scores,
    published_settings,
    published_speeds,
    published_tables,
    small_recipe,
)
from autoclue.models.shipped import SHIPPED, shipped_folder
from autoclue.models.source import ModelSource, resolve_model

__all__ = [
    "CLUE_VOCABULARY_SIZE",
    "SHIPPED",
    "Baseline",
    "ClueModel",
    "Document",
    "KnownBest",
    "LayerWiseSettings",
    "ModelCard",
    "ModelSource",
    "PublishedRow",
    "PublishedScore",
    "PublishedSettings",
    "PublishedTable",
    "SmallRecipe",
    "TrainingSpeed",
    "clue_models",
    "default_baseline",
    "find_clue_model",
    "find_model",
    "is_small",
    "known_best",
    "known_size",
    "models",
    "pair_hint",
    "published_documents",
    "published_scores",
    "published_settings",
    "published_speeds",
    "published_tables",
    "resolve_model",
    "shipped_folder",
    "small_recipe",
]
