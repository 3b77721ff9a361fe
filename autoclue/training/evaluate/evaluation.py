"""Score the development set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.training.data import Features
from autoclue.training.platform import load_paddle
from autoclue.training.recipe import evaluation_batches

CPU_BATCH_ROWS = 32
GPU_BATCH_ROWS = 256


@dataclass(frozen=True, slots=True)
class DevScore:
    """What one pass over the development set gives.

    Attributes:
        predictions: Predicted label indices in file order, ``[rows]``.
        loss: Mean cross-entropy over all rows, in nats.
        last_batch_loss: Mean over the last batch in file order: the figure that the published
            script prints as its evaluation loss.
    """

    predictions: NDArray[np.int64]
    loss: float
    last_batch_loss: float


def predict_logits(network: Any, features: Features, pad_id: int) -> NDArray[np.float32]:
    """Run the network over a split without dropout.

    Rows are taken longest first, so that batches hold hardly any padding; predictions don't
    depend on it.

    Args:
        network: A sequence classification network; its training mode is put back afterwards.
        features: The split.
        pad_id: Token id to pad with.

    Returns:
        Logits in file order, ``[rows x classes]``.
    """
    paddle = load_paddle()
    rows_a_batch = CPU_BATCH_ROWS if paddle.get_device() == "cpu" else GPU_BATCH_ROWS
    was_training = network.training
    network.eval()
    logits: NDArray[np.float32] | None = None
    with paddle.no_grad():
        for rows in evaluation_batches(features.lengths, rows_a_batch):
            ids, segments, _ = features.batch(rows, pad_id)
            out = network(paddle.to_tensor(ids), paddle.to_tensor(segments)).numpy()
            if logits is None:
                logits = np.empty((len(features), out.shape[1]), dtype=np.float32)
            logits[rows] = out
    if was_training:
        network.train()
    assert logits is not None  # a split without rows is refused when it is read
    return logits


def score_dev(
    network: Any, features: Features, *, pad_id: int, published_batch_size: int
) -> DevScore:
    """Score the development set.

    Args:
        network: A sequence classification network.
        features: The development set.
        pad_id: Token id to pad with.
        published_batch_size: Batch size at which the published script would evaluate; decides
            which rows are its last batch.
    """
    logits = predict_logits(network, features, pad_id)
    losses = cross_entropy(logits, features.labels)
    last = (len(losses) - 1) // published_batch_size * published_batch_size
    return DevScore(
        predictions=logits.argmax(axis=1),
        loss=float(losses.mean()),
        last_batch_loss=float(losses[last:].mean()),
    )


def cross_entropy(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give each row's negative log likelihood, in nats.

    Args:
        logits: ``[rows x classes]``.
        labels: Label indices, ``[rows]``.
    """
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return np.asarray(log_sum - shifted[np.arange(len(labels)), labels], dtype=np.float64)
