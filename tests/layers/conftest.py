from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.layers import Encoder, find_depths

LAYER_PARTS = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.out_proj",
    "linear1",
    "linear2",
    "norm1",
    "norm2",
)


def bert_names(num_layers: int) -> dict[str, int]:
    """Names as PaddleNLP's BERT classifier has them; every parameter has two scalars."""
    embeddings = ("word", "position", "token_type")
    names = [f"bert.embeddings.{part}_embeddings.weight" for part in embeddings]
    modules = ["bert.embeddings.layer_norm"]
    modules += [
        f"bert.encoder.layers.{n}.{part}" for n in range(num_layers) for part in LAYER_PARTS
    ]
    modules += ["bert.pooler.dense", "classifier"]
    names += [f"{module}.{kind}" for module in modules for kind in ("weight", "bias")]
    return dict.fromkeys(names, 2)


@pytest.fixture(scope="session")
def bert() -> Callable[[int], Encoder]:
    return lambda num_layers: find_depths(bert_names(num_layers))
