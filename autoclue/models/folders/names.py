"""What other frameworks call the parameters of an encoder, in PaddleNLP's words.

Names are looked at without the prefix of their network. Source: the modules of Transformers 4
(``modeling_bert.py`` and its kin), Google's ``modeling.py`` of BERT, and PaddleNLP 2.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from autoclue.models.folders.architectures import Rules

Style = Literal["paddle", "torch", "tensorflow"]
"""Whose names they are; PyTorch's linear weights are [out x in], all others [in x out]."""

_LAYER = r"encoder\.layer\.(\d+)\."
_GROUP = r"(encoder\.albert_layer_groups\.\d+\.albert_layers\.\d+)\."
_RENAMED: Mapping[Rules, tuple[tuple[str, str], ...]] = {
    "bert": (
        (_LAYER + r"attention\.self\.query\.", r"encoder.layers.\1.self_attn.q_proj."),
        (_LAYER + r"attention\.self\.key\.", r"encoder.layers.\1.self_attn.k_proj."),
        (_LAYER + r"attention\.self\.value\.", r"encoder.layers.\1.self_attn.v_proj."),
        (_LAYER + r"attention\.output\.dense\.", r"encoder.layers.\1.self_attn.out_proj."),
        (_LAYER + r"attention\.output\.LayerNorm\.", r"encoder.layers.\1.norm1."),
        (_LAYER + r"intermediate\.dense\.", r"encoder.layers.\1.linear1."),
        (_LAYER + r"output\.dense\.", r"encoder.layers.\1.linear2."),
        (_LAYER + r"output\.LayerNorm\.", r"encoder.layers.\1.norm2."),
    ),
    "nezha": (
        (_LAYER + r"attention\.self\.", r"encoder.layer.\1.attention."),
        (_LAYER + r"attention\.output\.dense\.", r"encoder.layer.\1.attention.dense."),
        (_LAYER + r"attention\.output\.LayerNorm\.", r"encoder.layer.\1.attention.layer_norm."),
        (_LAYER + r"intermediate\.dense\.", r"encoder.layer.\1.ffn."),
        (_LAYER + r"output\.dense\.", r"encoder.layer.\1.ffn_output."),
        (_LAYER + r"output\.LayerNorm\.", r"encoder.layer.\1.layer_norm."),
    ),
    "albert": ((_GROUP + r"attention\.LayerNorm\.", r"\1.attention.layer_norm."),),
    "none": (),
}
_EVERYWHERE = ((r"embeddings\.LayerNorm\.", "embeddings.layer_norm."),)
_SIGNS_OF_TORCH = re.compile(r"\.LayerNorm\.|\.attention\.self\.")
_TABLES = re.compile(r"\w+_embeddings?$")
_NOT_WEIGHTS = re.compile(
    r"(position_ids|token_type_ids|embed_positions\.weight|positions_encoding|num_batches_tracked)"
    r"$|(^|[./])(adam\w*|lamb\w*|global_step|Momentum|ExponentialMovingAverage)(_\d+)?$",
    re.IGNORECASE,
)


def style_of(names: Iterable[str]) -> Style:
    """Return whose names they are."""
    listed = list(names)
    if any("/" in name for name in listed):
        return "tensorflow"
    return "torch" if any(_SIGNS_OF_TORCH.search(name) for name in listed) else "paddle"


def is_weight(name: str) -> bool:
    """Return whether a name is that of a weight: not of a constant or an optimizer's memory."""
    return _NOT_WEIGHTS.search(name) is None


def unified(name: str, style: Style) -> str:
    """Write a name with dots, ``weight`` and ``bias``, as all but TensorFlow do."""
    if style == "tensorflow":
        name = re.sub(r"\blayer_(\d+)\b", r"layer.\1", name.replace("/", "."))
        name = f"{name}.weight" if _TABLES.search(name) else name
        name = re.sub(r"\.kernel$", ".weight", name)
    return re.sub(r"\.beta$", ".bias", re.sub(r"\.gamma$", ".weight", name))


def renamed(name: str, rules: Rules) -> str:
    """Return PaddleNLP's name of a parameter below its network's prefix."""
    for pattern, replacement in (*_EVERYWHERE, *_RENAMED[rules]):
        found = re.match(pattern, name)
        if found is not None:
            return found.expand(replacement) + name[found.end() :]
    return name


def is_transposed(target: str, dimensions: int, style: Style) -> bool:
    """Return whether an array has to be transposed: PyTorch's linear weights are [out x in].

    Args:
        target: PaddleNLP's name of it, below its network's prefix.
        dimensions: How many axes it has.
        style: Whose names it came with.
    """
    linear = target.endswith(".weight") and not target.startswith("embeddings.")
    return style == "torch" and dimensions == 2 and linear
