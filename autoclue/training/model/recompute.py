"""Compute the activations of a network's layers anew for their gradients, to save their memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autoclue.layers import layer_paths
from autoclue.training.platform import load_paddle


def recompute_layers(network: Any) -> int:
    """Have each encoder layer keep its input alone while it trains.

    Dropout draws the same masks the second time. It works with frozen layers too, whose inputs
    have no gradient: Paddle's older way of doing it, by a function of its own, doesn't.

    Args:
        network: With a head; it is changed in place.

    Returns:
        How many layers were changed.

    Raises:
        UsageError: The architecture isn't known.
    """
    recompute = load_paddle().distributed.fleet.utils.recompute
    layers = dict(network.named_sublayers())
    paths = layer_paths([name for name, _ in network.named_parameters()])
    for path in paths:
        layer = layers[path]
        # PaddleNLP wraps what is set in the usual way, and guesses which arguments it takes.
        layer.__dict__["forward"] = _forward(layer, layer.forward, recompute)
    return len(paths)


def _forward(
    layer: Any, forward: Callable[..., Any], recompute: Callable[..., Any]
) -> Callable[..., Any]:
    def again(*args: Any, **kwargs: Any) -> Any:
        if not layer.training or not load_paddle().is_grad_enabled():
            return forward(*args, **kwargs)
        return recompute(forward, *args, use_reentrant=False, preserve_rng_state=True, **kwargs)

    return again
