"""Networks: loading them, and making small ones."""

from autoclue.training.model.convert import Converted, convert_model
from autoclue.training.model.dropout import (
    dropouts_of,
    reset_dropouts,
    set_clue_dropout,
    set_every_dropout,
)
from autoclue.training.model.fit import check_model_fits, model_hint, texts_in
from autoclue.training.model.hub import (
    HubModel,
    copied_hub_model,
    fetch_hub_model,
    hub_model_here,
    open_if_here,
    open_location,
)
from autoclue.training.model.network import (
    PaddleHead,
    check_ids,
    check_length,
    depths_of,
    load_kept_network,
    load_network,
    load_tokenizer,
    location_of,
)
from autoclue.training.model.padding import network_inputs
from autoclue.training.model.recompute import recompute_layers
from autoclue.training.model.small_model import (
    SmallModel,
    build_like,
    build_small_model,
    characters_of,
    common_characters,
)

__all__ = [
    "Converted",
    "HubModel",
    "PaddleHead",
    "SmallModel",
    "build_like",
    "build_small_model",
    "characters_of",
    "check_ids",
    "check_length",
    "check_model_fits",
    "common_characters",
    "convert_model",
    "copied_hub_model",
    "depths_of",
    "dropouts_of",
    "fetch_hub_model",
    "hub_model_here",
    "load_kept_network",
    "load_network",
    "load_tokenizer",
    "location_of",
    "model_hint",
    "network_inputs",
    "open_if_here",
    "open_location",
    "recompute_layers",
    "reset_dropouts",
    "set_clue_dropout",
    "set_every_dropout",
    "texts_in",
]
