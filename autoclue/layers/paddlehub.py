"""PaddleHub's parameter groups and its block formula.

PaddleHub 1.4 (``paddlehub/finetune/strategy.py``) found its groups by the longest path in the
static graph. For a BERT-like encoder with L layers that gives N = 6 L + 5 groups; here they are
found by name. Counted from the top, c = 0..N-1, and with ``B = ceil(N / blocks)``, group 0 has
power 0 and group c >= 1 has power ``floor((c - 1) / B)``; a group's learning rate is the base rate
times ``factor ** -power``. The top block therefore has B+1 groups, and there can be fewer blocks
than were asked for: 24 layers and 16 requested blocks make 15.
"""

from __future__ import annotations

import re

from autoclue.errors import UsageError
from autoclue.layers.encoder import Encoder, Parameter

_KIND = r"\.(weight|bias)$"

# The head, from the top down; depth L+1. RoBERTa and ELECTRA keep the pooler in the classifier.
_HEAD = (
    r"classifier\.(out_proj\.)?bias$",
    r"classifier\.(out_proj\.)?weight$",
    r"(.*\.pooler\.dense|classifier\.dense)" + _KIND,
)
# One layer, from the top down; the second spelling is NeZha's.
_LAYER = (
    r".*\.\d+\.(norm2|layer_norm)" + _KIND,
    r".*\.\d+\.(linear2|ffn_output)" + _KIND,
    r".*\.\d+\.(linear1|ffn)" + _KIND,
    r".*\.\d+\.(norm1|attention\.layer_norm)" + _KIND,
    r".*\.\d+\.(self_attn\.out_proj|attention\.dense)" + _KIND,
    r".*\.\d+\.(self_attn\.[qkv]_proj|attention\.(query|key|value))" + _KIND,
)
_EMBEDDINGS = (
    r".*\.embeddings\.layer_norm" + _KIND,
    r".*\.embeddings\.\w+_embeddings\.weight$",
)


def paddlehub_groups(encoder: Encoder) -> tuple[tuple[str, ...], ...]:
    """Sort the parameters of a BERT-like encoder into PaddleHub's 6 L + 5 groups, top down.

    Raises:
        UsageError: The architecture has parameters that fit no group, or lacks some that a group
            needs (ALBERT, RoFormer, RoFormerV2, TinyBERT, ELECTRA with an embedding projection).
    """
    top = encoder.num_layers + 1
    slots = [(top, pattern) for pattern in _HEAD]
    slots += [(depth, pattern) for depth in range(top - 1, 0, -1) for pattern in _LAYER]
    slots += [(0, pattern) for pattern in _EMBEDDINGS]
    groups = tuple(_members(encoder, depth, pattern) for depth, pattern in slots)
    placed = {name for group in groups for name in group}
    strangers = [name for name in encoder.names if name not in placed]
    if strangers or not all(groups):
        detail = f" (no place for {', '.join(strangers[:5])})" if strangers else ""
        raise UsageError(
            f"This model doesn't have the {len(groups)} parameter groups that PaddleHub made of a "
            f"BERT with {encoder.num_layers} layers{detail}; use grouping 'layer'."
        )
    return groups


def paddlehub_powers(groups: int, blocks: int) -> tuple[int, ...]:
    """Return the power of each group, counted from the top, by PaddleHub's formula.

    Args:
        groups: N, the number of parameter groups.
        blocks: The number of blocks asked for, 1 to N.

    Raises:
        UsageError: ``blocks`` is below 1 or above N.

    Examples:
        >>> from autoclue.layers.paddlehub import paddlehub_powers
        >>> paddlehub_powers(8, 4)  # the top block has one group more than the others
        (0, 0, 0, 1, 1, 2, 2, 3)
    """
    if not 1 <= blocks <= groups:
        raise UsageError(
            f"blocks is {blocks}, but this model has {groups} of PaddleHub's parameter groups; "
            f"choose 1 to {groups}."
        )
    size = -(-groups // blocks)
    return tuple(max(0, (index - 1) // size) for index in range(groups))


def paddlehub_blocks(encoder: Encoder, blocks: int) -> dict[str, int]:
    """Return the block of each parameter by name; 0 is the top block.

    Raises:
        UsageError: See `paddlehub_groups` and `paddlehub_powers`.
    """
    groups = paddlehub_groups(encoder)
    powers = paddlehub_powers(len(groups), blocks)
    return {name: power for group, power in zip(groups, powers, strict=True) for name in group}


def _members(encoder: Encoder, depth: int, pattern: str) -> tuple[str, ...]:
    def fits(parameter: Parameter) -> bool:
        return parameter.depth == depth and re.match(pattern, parameter.name) is not None

    return tuple(parameter.name for parameter in encoder.parameters if fits(parameter))
