"""What a network reads of a split: tokenized once, kept on disk, mapped into memory."""

from autoclue.training.features.cache import cache_key, cached_features
from autoclue.training.features.features import Batch, Features, join_features

__all__ = [
    "Batch",
    "Features",
    "cache_key",
    "cached_features",
    "join_features",
]
