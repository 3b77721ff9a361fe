"""The order in which a loss is scaled, computed and stepped, with a stand-in for Paddle.

Paddle's mixed precision does nothing on a CPU, so that its own numbers aren't tested here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autoclue.training.checkpoints import StateError
from autoclue.training.loop import precision as module
from autoclue.training.loop.precision import Computing


class Scaler:
    """Notes what is asked of it."""

    def __init__(self, done: list[str], *, init_loss_scaling: float) -> None:
        self.done = done
        self.state: dict[str, Any] = {
            **{"scale": np.array([init_loss_scaling]), "incr_ratio": 2.0},
            **{"incr_count": 3, "decr_count": 1},
        }

    def scale(self, loss: Loss) -> Loss:
        return Loss(self.done, f"scaled {loss.name}")

    def step(self, optimizer: Any) -> None:
        self.done.append("unscaled step")

    def update(self) -> None:
        self.done.append("new scale")

    def state_dict(self) -> dict[str, Any]:
        return dict(self.state)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.state = state


class Loss:
    def __init__(self, done: list[str], name: str = "loss") -> None:
        self.done, self.name = done, name

    def backward(self) -> None:
        self.done.append(f"gradients of {self.name}")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been asked of Paddle, in order."""
    found: list[str] = []

    @contextlib.contextmanager
    def auto_cast(*, dtype: str, level: str) -> Iterator[None]:
        found.append(f"{dtype} {level}")
        yield

    def scaler(*, init_loss_scaling: float) -> Scaler:
        return Scaler(found, init_loss_scaling=init_loss_scaling)

    amp = SimpleNamespace(auto_cast=auto_cast, GradScaler=scaler)
    monkeypatch.setattr(module, "load_paddle", lambda: SimpleNamespace(amp=amp))
    return found


def train(computing: Computing, done: list[str]) -> None:
    with computing.forward():
        loss = Loss(done)
    computing.backward(loss)
    computing.step(SimpleNamespace(step=lambda: done.append("step")))


def test_32_bits_ask_nothing_of_paddle(done: list[str]) -> None:
    computing = Computing("fp32")
    train(computing, done)
    assert done == ["gradients of loss", "step"]
    assert computing.take() == {}


def test_bf16_is_cast_and_not_scaled(done: list[str]) -> None:
    train(Computing("bf16"), done)
    assert done == ["bfloat16 O1", "gradients of loss", "step"]


def test_fp16_is_scaled_before_its_gradients_and_unscaled_at_the_step(done: list[str]) -> None:
    train(Computing("fp16"), done)
    assert done == ["float16 O1", "gradients of scaled loss", "unscaled step", "new scale"]


def test_the_scale_goes_on_where_it_was(done: list[str]) -> None:
    one, other = Computing("fp16"), Computing("fp16")
    one._scaler.state.update(scale=np.array([4096.0], dtype=np.float32), incr_count=7)
    other.put(one.take())
    assert other._scaler.state["scale"].tolist() == [4096.0]
    assert (other._scaler.state["incr_count"], other._scaler.state["incr_ratio"]) == (7, 2.0)


def test_a_state_without_a_scale_is_none(done: list[str]) -> None:
    with pytest.raises(StateError, match="lacks the scale of its gradients"):
        Computing("fp16").put({})
