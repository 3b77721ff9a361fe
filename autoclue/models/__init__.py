"""Which pretrained models there are: the published catalog, and where a given name leads."""

from autoclue.models.baseline import Baseline, default_baseline, is_small
from autoclue.models.catalog import ModelCard, PublishedSettings, find_model, models
from autoclue.models.shipped import SHIPPED, shipped_folder
from autoclue.models.source import ModelSource, resolve_model

__all__ = [
    "SHIPPED",
    "Baseline",
    "ModelCard",
    "ModelSource",
    "PublishedSettings",
    "default_baseline",
    "find_model",
    "is_small",
    "models",
    "resolve_model",
    "shipped_folder",
]
