"""Networks: loading them, and making small ones."""

from autoclue.training.model.network import (
    PaddleHead,
    check_length,
    depths_of,
    load_kept_network,
    load_network,
    load_tokenizer,
    location_of,
    set_clue_dropout,
)
from autoclue.training.model.small_model import (
    SmallModel,
    build_like,
    build_small_model,
    characters_of,
    common_characters,
)

__all__ = [
    "PaddleHead",
    "SmallModel",
    "build_like",
    "build_small_model",
    "characters_of",
    "check_length",
    "common_characters",
    "depths_of",
    "load_kept_network",
    "load_network",
    "load_tokenizer",
    "location_of",
    "set_clue_dropout",
]
