from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autoclue.training.platform.attention_masks import spread_attention_masks, spread_mask
from autoclue.training.platform.runtime import load_paddle

ROWS, TOKENS, WIDTH, HEADS = 3, 7, 16, 4

pytestmark = pytest.mark.paddle


def make_encoder(seed: int = 5) -> Any:
    paddle = load_paddle()
    paddle.seed(seed)
    layer = paddle.nn.TransformerEncoderLayer(WIDTH, HEADS, 32, dropout=0.0)
    return paddle.nn.Sequential(paddle.nn.TransformerEncoder(layer, 2))


def make_mask(*, trains: bool = False) -> Any:
    padding = np.arange(TOKENS) >= np.array([[7], [4], [2]])
    mask = padding[:, None, None].astype(np.float32) * -1e4
    return load_paddle().to_tensor(mask, stop_gradient=not trains)


def answers(network: Any) -> list[bytes]:
    """Return what the encoder computes, and every parameter's gradient."""
    paddle = load_paddle()
    draw = np.random.default_rng(0).normal(size=(ROWS, TOKENS, WIDTH)).astype(np.float32)
    encoder = network[0]
    output = encoder(paddle.to_tensor(draw), src_mask=make_mask())
    output.square().sum().backward()
    arrays = [output, *(parameter.grad for parameter in encoder.parameters())]
    return [array.numpy().tobytes() for array in arrays]


def test_outputs_and_gradients_stay_the_same_to_the_last_bit() -> None:
    plain, changed = make_encoder(), make_encoder()
    assert spread_attention_masks(changed) == 1
    assert answers(changed) == answers(plain)


def test_every_head_and_token_gets_the_mask_of_its_row() -> None:
    mask = make_mask()
    found = spread_mask(mask, TOKENS, HEADS).numpy()
    assert found.shape == (ROWS, HEADS, TOKENS, TOKENS)
    assert np.array_equal(found, np.broadcast_to(mask.numpy(), found.shape))


@pytest.mark.parametrize("tokens", [TOKENS + 1, 1])
def test_a_mask_of_another_form_stays_as_it_is(tokens: int) -> None:
    mask = make_mask()
    assert spread_mask(mask, tokens, HEADS) is mask


def test_no_mask_and_one_that_learns_stay_as_they_are() -> None:
    learning = make_mask(trains=True)
    assert spread_mask(learning, TOKENS, HEADS) is learning
    assert spread_mask(None, TOKENS, HEADS) is None
