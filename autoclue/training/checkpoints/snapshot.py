"""Take a network's weights and its optimizer's moments out as arrays, and put them back.

Paddle names parameters anew in each process and for each network, so everything goes by the names
that the network itself gives its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.training.checkpoints.trial_state import Arrays, StateError
from autoclue.training.platform import as_array, load_paddle

_ACCUMULATOR = re.compile(
    r"(?P<parameter>.+)_(?P<kind>moment1|moment2|beta1_pow_acc|beta2_pow_acc)_\d+"
)
_NETWORK = "network."
MOMENT = "moment1."
"""How the names of the first moments begin, which every parameter has that has trained."""


def take_arrays(network: Any, optimizer: Any) -> Arrays:
    """Return parameters, buffers and Adam's moments as arrays by name.

    There are moments only for parameters that have trained. On a CPU the arrays are views, valid
    until the next step.

    Raises:
        StateError: The optimizer keeps something that isn't known here.
    """
    tensors = {**_contents(network), **_accumulators(network, optimizer)}
    return {name: _array(tensor) for name, tensor in tensors.items()}


def put_arrays(network: Any, optimizer: Any, arrays: Arrays) -> None:
    """Set parameters, buffers and moments.

    Afterwards all parameters that have trained are set to train, and the optimizer's rate is 0:
    apply a plan and set the rate.

    Args:
        network: The network, in the form it had.
        optimizer: A new AdamW of its parameters that has made no step.
        arrays: From ``take_arrays``; names that begin otherwise are left alone.

    Raises:
        StateError: An array is missing, left over or of another shape. The network may have been
            changed by then.
    """
    _make_accumulators(network, optimizer, arrays)
    _put({**_contents(network), **_accumulators(network, optimizer)}, arrays)


def put_weights(network: Any, arrays: Arrays) -> None:
    """Set parameters and buffers, and nothing of an optimizer.

    Args:
        network: The network, in the form it had.
        arrays: From ``take_arrays``; moments among them are left alone.

    Raises:
        StateError: An array is missing, left over or of another shape. The network may have been
            changed by then.
    """
    _put(_contents(network), arrays)


def _put(tensors: Mapping[str, Any], arrays: Arrays) -> None:
    roots = {name.partition(".")[0] for name in tensors}
    given = {n: array for n, array in arrays.items() if n.partition(".")[0] in roots}
    if given.keys() != tensors.keys():
        odd = min(given.keys() ^ tensors.keys())
        raise StateError(f"it doesn't fit the network: {odd} is missing or left over")
    for name, array in given.items():
        mine = _array(tensors[name])
        if (mine.shape, mine.dtype) != (array.shape, array.dtype):
            raise StateError(
                f"it doesn't fit the network: {name} is {array.dtype} {list(array.shape)} "
                f"instead of {mine.dtype} {list(mine.shape)}"
            )
    for name, array in given.items():
        tensors[name].set_value(array)


def _contents(network: Any) -> Mapping[str, Any]:
    both = [*network.named_parameters(), *network.named_buffers()]
    return {f"{_NETWORK}{name}": tensor for name, tensor in both}


def _accumulators(network: Any, optimizer: Any) -> Mapping[str, Any]:
    names = {parameter.name: name for name, parameter in network.named_parameters()}
    found = {}
    for label, tensor in optimizer.state_dict().items():
        parts = _ACCUMULATOR.fullmatch(label)
        if parts is None or parts["parameter"] not in names:
            raise StateError(f"Paddle's optimizer keeps {label!r}, which has no known meaning")
        found[f"{parts['kind']}.{names[parts['parameter']]}"] = tensor
    return found


def _make_accumulators(network: Any, optimizer: Any, arrays: Arrays) -> None:
    """Let the optimizer make the moments of the parameters that have trained, and no others.

    It makes them at a parameter's first step, so this is one at rate 0 with gradients of 0. To
    be told the moments of some parameters alone, ``set_state_dict`` refuses: the others could
    never begin to train.
    """
    paddle = load_paddle()
    for name, parameter in network.named_parameters():
        trained = f"{MOMENT}{name}" in arrays
        parameter.stop_gradient = not trained
        if trained:
            parameter.grad = paddle.zeros_like(parameter)
    optimizer.set_lr(0.0)
    optimizer.step()
    optimizer.clear_grad()


def _array(tensor: Any) -> NDArray[Any]:
    on_cpu = tensor.place.is_cpu_place()
    return np.asarray(as_array(tensor) if on_cpu else tensor.numpy(), order="C")
