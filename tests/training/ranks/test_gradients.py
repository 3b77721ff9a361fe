"""Gradients of all ranks are added, in pieces of whatever size."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pytest

from autoclue.training.platform import load_paddle
from autoclue.training.ranks import gradients, sum_gradients

pytestmark = pytest.mark.paddle

T = TypeVar("T")


class Twins:
    """Two ranks, the other of which has just what this one has, or what it is told to have."""

    rank, count = 0, 2

    def __init__(self, other_has: bool = False) -> None:
        self.other_has = other_has
        self.sums = 0

    def add(self, tensor: Any) -> None:
        first = self.sums == 0
        self.sums += 1
        with load_paddle().no_grad():
            tensor.scale_(2.0)
        if first and self.other_has:
            tensor.fill_(1.0)

    def share(self, value: T) -> T:
        return value

    def gather(self, value: T) -> list[T]:
        return [value, value]


def network() -> Any:
    """Three parameters that train and one that doesn't; the bias of the second isn't used."""
    paddle = load_paddle()
    paddle.seed(1)
    first, second = paddle.nn.Linear(3, 4), paddle.nn.Linear(4, 2)
    first.bias.stop_gradient = True
    paddle.matmul(first(paddle.ones([5, 3])), second.weight).sum().backward()
    return paddle.nn.Sequential(first, second)


@pytest.mark.parametrize("numbers", [1, 10, 1 << 20])
def test_each_gradient_is_the_sum(numbers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "BUCKET_NUMBERS", numbers)
    net = network()
    before = {n: p.grad.numpy().copy() for n, p in net.named_parameters() if p.grad is not None}
    assert sorted(before) == ["0.weight", "1.weight"]
    sum_gradients(net, Twins())
    after = {n: p.grad.numpy() for n, p in net.named_parameters() if p.grad is not None}
    assert after.keys() == before.keys()
    assert all(np.array_equal(after[name], 2 * before[name]) for name in before)


def test_a_gradient_that_only_another_rank_has_is_there_afterwards() -> None:
    net = network()
    sum_gradients(net, Twins(other_has=True))
    bias = net[1].bias
    assert bias.grad is not None
    assert bias.grad.numpy().tolist() == [0.0, 0.0]
    assert net[0].bias.grad is None
