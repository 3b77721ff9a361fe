"""Run a network over a split, and put what it computes into predictions and losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import Predictions
from autoclue.training.features import Features
from autoclue.training.heads import Head, Output
from autoclue.training.platform import load_paddle, trains_on_cpu
from autoclue.training.ranks import SOLE, Ranks
from autoclue.training.recipe import evaluation_batches

CPU_BATCH_SEQUENCES = 32
GPU_BATCH_SEQUENCES = 256

CPU_BATCH_TOKENS = 2048
"""What a layer computes of more doesn't stay in a processor's caches, and is fresh memory each
time: 32 sequences of 512 tokens take 1.6 to 2.4 times as long as eight batches of four."""


@dataclass(frozen=True, slots=True)
class SplitAnswers:
    """What a network answers to a split whose answers are known.

    Attributes:
        predictions: One for each example, in file order.
        loss: Mean loss over all features, in nats.
        last_batch_loss: Mean over the last batch in file order: the figure that the published
            script prints as its evaluation loss.
    """

    predictions: Predictions
    loss: float
    last_batch_loss: float


def answered_batches(head: Head[Any], features: Features) -> list[NDArray[np.int64]]:
    """Cut a split into the batches in which a network answers it, the longest features first."""
    lengths, each = head.evaluation_lengths(features), features.sequences_each
    if not trains_on_cpu():
        return evaluation_batches(lengths, max(1, GPU_BATCH_SEQUENCES // each))
    return evaluation_batches(
        lengths * each, max(1, CPU_BATCH_SEQUENCES // each), batch_tokens=CPU_BATCH_TOKENS
    )


def compute_outputs(
    network: Any, head: Head[Any], features: Features, *, pad_id: int, ranks: Ranks = SOLE
) -> list[Output]:
    """Run the network over a split without dropout.

    Features are taken longest first, so that batches hold hardly any padding.

    Args:
        network: A network that ``head`` has built; its training mode is put back afterwards.
        head: Calls the network.
        features: The split.
        pad_id: Token id to pad with.
        ranks: Processes with the same network; each takes every so many-th batch, so that the
            batches, and what is computed, are those of one process.

    Returns:
        What the network computes for each feature, in file order, ``[features]``.
    """
    paddle = load_paddle()
    was_training = network.training
    network.eval()
    found: dict[int, Output] = {}
    lengths = head.evaluation_lengths(features)
    with paddle.no_grad():
        for rows in answered_batches(head, features)[ranks.rank :: ranks.count]:
            least = int(lengths[rows].max())
            batch = features.batch(rows, pad_id, least_length_tokens=least)
            outputs = head.outputs(network, batch)
            found.update(zip(rows.tolist(), outputs, strict=True))
    if was_training:
        network.train()
    every = {row: output for part in ranks.gather(found) for row, output in part.items()}
    return [every[row] for row in range(len(features))]


def answer_split(
    network: Any,
    head: Head[Any],
    features: Features,
    examples: Sequence[Any],
    *,
    pad_id: int,
    batch_size: int,
    ranks: Ranks = SOLE,
) -> SplitAnswers:
    """Predict a split whose answers are known, and compute its loss.

    Args:
        network: A network that ``head`` has built.
        head: Calls the network and decodes what it computes.
        features: The split.
        examples: The examples that the features were made from.
        pad_id: Token id to pad with.
        batch_size: Features of a batch as the protocol counts them; decides which are the last
            batch.
        ranks: Processes that answer it together.
    """
    outputs = compute_outputs(network, head, features, pad_id=pad_id, ranks=ranks)
    losses = head.losses(outputs, features)
    last = (len(losses) - 1) // batch_size * batch_size
    return SplitAnswers(
        predictions=head.decode(outputs, features, examples),
        loss=float(losses.mean()),
        last_batch_loss=float(losses[last:].mean()),
    )
