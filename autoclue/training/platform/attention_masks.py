"""Give attention masks their full size while a CPU trains or predicts.

A mask says of each row which tokens are padding, and is added to the scores of all pairs of tokens
in every head and layer. Paddle's CPU kernel for adding arrays of different shapes takes 11 to 14
ns for each score, about twice what the softmax after it takes; that for equal shapes is 5 to 20
times faster. So a mask is spread over heads and tokens once a batch. Every sum is the same.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from autoclue.training.platform.runtime import load_paddle


def spread_attention_masks(network: Any) -> int:
    """Let every plain encoder of a network spread its mask before its layers add it.

    Args:
        network: A Paddle layer on a CPU; its encoders are changed in place.

    Returns:
        How many encoders were changed.
    """
    encoders = [
        layer
        for layer in network.sublayers(include_self=True)
        if type(layer) is load_paddle().nn.TransformerEncoder and len(layer.layers) > 0
    ]
    for encoder in encoders:
        # Not by assignment: PaddleNLP wraps what is assigned, and hands it other arguments.
        vars(encoder)["forward"] = _forward(encoder)
    return len(encoders)


def _forward(encoder: Any) -> Callable[..., Any]:
    """Make the forward pass; it holds no layer, so that no collection is needed to free one."""
    forward, own = type(encoder).forward, weakref.ref(encoder)
    heads = int(encoder.layers[0].self_attn.num_heads)

    def spreading(src: Any, src_mask: Any = None, *rest: Any, **named: Any) -> Any:
        return forward(own(), src, spread_mask(src_mask, src.shape[1], heads), *rest, **named)

    return spreading


def spread_mask(mask: Any, tokens: int, heads: int) -> Any:
    """Spread the mask of a batch over heads and tokens.

    Args:
        mask: ``[rows x 1 x 1 x tokens]``; anything else is returned as it is.
        tokens: Tokens of a row.
        heads: Heads of a layer.

    Returns:
        ``[rows x heads x tokens x tokens]``.
    """
    if mask is None or not mask.stop_gradient or list(mask.shape[1:]) != [1, 1, tokens]:
        return mask
    return mask.expand([mask.shape[0], heads, tokens, tokens])
