from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.training.platform.bias_gradients import row_sum, sum_bias_gradients_by_row
from autoclue.training.platform.runtime import load_paddle

SHAPES = [(32, 67, 512), (7, 33, 312), (16, 5, 128), (64, 768), (1, 1, 32), (2049, 33)]


def uneven(*shape: int) -> NDArray[np.float32]:
    """Draw numbers of very different sizes, whose sum depends on its order."""
    draw = np.random.default_rng(0)
    return (draw.normal(size=shape) * 10.0 ** draw.integers(-7, 3, size=shape)).astype(np.float32)


def gradients(network: Any, inputs: Any) -> dict[str, bytes]:
    """Return every parameter's gradient of the sum of squares of the outputs."""
    network(inputs).square().sum().backward()
    found = {name: p.grad for name, p in network.named_parameters()}
    return {name: g.numpy().tobytes() for name, g in found.items() if g is not None}


def make_network(seed: int = 3) -> Any:
    paddle = load_paddle()
    paddle.seed(seed)
    nn = paddle.nn
    return nn.Sequential(nn.Linear(8, 64), nn.GELU(), nn.Linear(64, 48), nn.Linear(48, 3))


def make_inputs(*, trains: bool = False) -> Any:
    return load_paddle().to_tensor(uneven(5, 11, 8) / 100, stop_gradient=not trains)


def test_rows_are_added_from_the_first_to_the_last_in_single_precision() -> None:
    array = uneven(9, 7, 40)
    total = np.zeros(40, dtype=np.float32)
    for row in array.reshape(-1, 40):
        total = total + row
    assert row_sum(array).tobytes() == total.tobytes()


@pytest.mark.paddle
@pytest.mark.parametrize("shape", SHAPES)
def test_the_sum_is_that_of_paddles_own_kernel_to_the_last_bit(shape: tuple[int, ...]) -> None:
    paddle = load_paddle()
    gradient = uneven(*shape)
    bias = paddle.zeros([shape[-1]])
    bias.stop_gradient = False
    (expected,) = paddle.grad([paddle.zeros(shape) + bias], [bias], [paddle.to_tensor(gradient)])
    assert row_sum(gradient).tobytes() == expected.numpy().tobytes()


@pytest.mark.paddle
def test_every_gradient_of_a_changed_network_stays_the_same_to_the_last_bit() -> None:
    plain, changed = make_network(), make_network()
    assert sum_bias_gradients_by_row(changed) == 2  # the last layer is too narrow
    assert gradients(changed, make_inputs()) == gradients(plain, make_inputs())


@pytest.mark.paddle
def test_the_gradient_of_the_input_stays_the_same_to_the_last_bit() -> None:
    plain, changed = make_network(), make_network()
    sum_bias_gradients_by_row(changed)
    plain_inputs, inputs = make_inputs(trains=True), make_inputs(trains=True)
    gradients(plain, plain_inputs)
    gradients(changed, inputs)
    assert inputs.grad.numpy().tobytes() == plain_inputs.grad.numpy().tobytes()


@pytest.mark.paddle
def test_names_and_outputs_of_a_changed_network_stay_the_same() -> None:
    plain, changed = make_network(), make_network()
    sum_bias_gradients_by_row(changed)
    assert list(changed.state_dict()) == list(plain.state_dict())
    changed.eval()
    with load_paddle().no_grad():
        assert changed(make_inputs()).tolist() == plain(make_inputs()).tolist()


@pytest.mark.paddle
@pytest.mark.parametrize(
    "frozen", [["0.bias"], ["0.weight", "0.bias"], ["0.weight"], ["2.weight"]]
)
def test_frozen_parameters_get_no_gradient_and_the_others_the_same(frozen: list[str]) -> None:
    plain, changed = make_network(), make_network()
    sum_bias_gradients_by_row(changed)
    for network in (plain, changed):
        for name, parameter in network.named_parameters():
            parameter.stop_gradient = name in frozen
    ours = gradients(changed, make_inputs())
    assert ours == gradients(plain, make_inputs())
    assert not set(frozen) & set(ours)
