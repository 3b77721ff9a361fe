"""Put the gradients of all ranks together, so that a step is the one that one card would take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from autoclue.training.platform import load_paddle
from autoclue.training.ranks.ranks import Ranks

BUCKET_NUMBERS: Final = 1 << 23
"""Numbers that are summed at once; a parameter with more stands alone and isn't copied."""


def sum_gradients(network: Any, ranks: Ranks) -> None:
    """Replace each gradient by the sum of those of all ranks.

    A parameter that has none on any rank keeps none, as on one card: an optimizer leaves it alone.

    Args:
        network: Of the same weights on each rank, with the same parameters that train.
        ranks: Takes the sums.
    """
    paddle = load_paddle()
    trained = [each for each in network.parameters() if not each.stop_gradient]
    here = np.array([each.grad is not None for each in trained], dtype=np.float32)
    somewhere = paddle.to_tensor(here)
    ranks.add(somewhere)
    if not here.all():  # to read it waits for the card
        for parameter, count in zip(trained, somewhere.numpy(), strict=True):
            if parameter.grad is None and count > 0:
                parameter.grad = paddle.zeros_like(parameter)
    for bucket in _buckets([each for each in trained if each.grad is not None]):
        _sum_bucket(bucket, ranks)


def _buckets(parameters: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield parameters in groups that are summed together."""
    bucket: list[Any] = []
    numbers = 0
    for parameter in parameters:
        size = int(parameter.size)
        if bucket and numbers + size > BUCKET_NUMBERS:
            yield bucket
            bucket, numbers = [], 0
        bucket.append(parameter)
        numbers += size
    if bucket:
        yield bucket


def _sum_bucket(bucket: Sequence[Any], ranks: Ranks) -> None:
    paddle = load_paddle()
    if len(bucket) == 1:
        ranks.add(bucket[0].grad)
        return
    flat = paddle.concat([parameter.grad.reshape([-1]) for parameter in bucket])
    ranks.add(flat)
    parts = paddle.split(flat, [int(parameter.size) for parameter in bucket])
    for parameter, part in zip(bucket, parts, strict=True):
        parameter.grad = part.reshape(parameter.shape)
