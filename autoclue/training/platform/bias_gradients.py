"""Sum the gradients of biases row by row in NumPy while a CPU trains.

Paddle's CPU kernel for the gradient of ``x + bias`` takes its sum element by element and is the
slowest part of a wide layer's backward pass. NumPy adds whole rows, in the same order, so that the
result is the same to the last bit and comes 5 to 30 times sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.training.platform.runtime import load_paddle

SMALLEST_WIDTH = 32
"""Narrower layers gain nothing, and NumPy sums a single column pairwise, in another order."""


def sum_bias_gradients_by_row(network: Any) -> int:
    """Replace the forward pass of every plain linear layer by one with a faster bias gradient.

    What a layer computes, its parameters and their names stay as they are.

    Args:
        network: A Paddle layer on a CPU; its linear layers are changed in place.

    Returns:
        How many layers were changed.
    """
    linear = load_paddle().nn.Linear
    changed = 0
    for layer in network.sublayers():
        if type(layer) is not linear or layer.bias is None:
            continue
        if layer.bias.shape[0] >= SMALLEST_WIDTH:
            layer.forward = _forward(layer.weight, layer.bias)
            changed += 1
    return changed


def _forward(weight: Any, bias: Any) -> Callable[[Any], Any]:
    """Make the forward pass; it holds no layer, so that a network is freed without a collection.

    Args:
        weight: ``[inputs x width]``.
        bias: ``[width]``.
    """
    paddle = load_paddle()
    add_bias = _add_bias()

    def forward(x: Any) -> Any:
        if bias.stop_gradient or not paddle.is_grad_enabled():
            return paddle.nn.functional.linear(x, weight, bias)
        product = paddle.matmul(x, weight)
        if product.stop_gradient:  # nothing below trains and the weight neither
            return product + bias
        return add_bias(product, bias)

    return forward


@cache
def _add_bias() -> Callable[[Any, Any], Any]:
    paddle = load_paddle()
    base: Any = paddle.autograd.PyLayer

    class AddBias(base):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, product: Any, bias: Any) -> Any:
            return product + bias

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> tuple[Any, Any]:
            return gradient, paddle.to_tensor(row_sum(as_array(gradient)))

    apply: Callable[[Any, Any], Any] = AddBias.apply
    return apply


def as_array(tensor: Any) -> NDArray[np.float32]:
    """View a Paddle tensor on a CPU as an array, without a copy where Paddle can."""
    array: NDArray[np.float32] = (
        np.asarray(np.from_dlpack(tensor.detach()))
        if hasattr(tensor, "__dlpack__")
        else tensor.numpy()
    )
    return array


def row_sum(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum over all axes but the last, first row first, in single precision.

    Args:
        array: ``[... x width]``.

    Returns:
        ``[width]``.
    """
    total: NDArray[np.float32] = np.add.reduce(array.reshape(-1, array.shape[-1]), axis=0)
    return total
