"""The head that chooses: one logit a choice, for questions with choices and for blanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks.reading import BlankExample, decode_optimal, decode_published
from autoclue.training.heads.choices import ChoiceFeature
from autoclue.training.model import PaddleHead, load_network
from autoclue.training.platform import load_paddle

Logits = NDArray[np.float32]

MASKED = -1e9
"""The logit of a filler where fillers are masked."""


@dataclass(frozen=True, slots=True)
class ChoiceBatch:
    """Questions side by side, padded to the longest choice.

    Attributes:
        input_ids: ``[questions x choices x length]``.
        token_type_ids: ``[questions x choices x length]``.
        real: ``[questions x choices]``; false for fillers.
        labels: ``[questions]``; -1 where there is none.
    """

    input_ids: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    real: NDArray[np.bool_]
    labels: NDArray[np.int64]


def build(location: str, *, num_choices: int, seed: int) -> Any:
    """Load a network with a fresh head for multiple choice.

    Args:
        location: Hub name or folder.
        num_choices: Choices of every question, fillers counted.
        seed: Seeds the head.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    layers = PaddleHead("ForMultipleChoice", {"num_choices": num_choices})
    return load_network(location, layers, seed=seed)


def collate(features: Sequence[ChoiceFeature], *, pad_id: int) -> ChoiceBatch:
    """Put questions side by side.

    Args:
        features: At least one, all with the same number of choices.
        pad_id: Fills up the ids; types are filled up with 0.
    """
    return ChoiceBatch(
        input_ids=_side_by_side([feature.input_ids for feature in features], pad_id),
        token_type_ids=_side_by_side([feature.token_type_ids for feature in features], 0),
        real=np.stack([feature.real for feature in features]),
        labels=np.array([feature.label for feature in features], dtype=np.int64),
    )


def loss(network: Any, batch: ChoiceBatch, *, mask_fillers: bool = False) -> Any:
    """Compute the cross-entropy over the choices.

    Args:
        network: As `build` makes it.
        batch: The questions.
        mask_fillers: Whether fillers are kept from competing; the published script lets them.

    Returns:
        A scalar tensor.
    """
    paddle = load_paddle()
    scores = _forward(network, batch)
    if mask_fillers and not batch.real.all():
        masked = paddle.full_like(scores, MASKED)
        scores = paddle.where(paddle.to_tensor(batch.real), scores, masked)
    return paddle.nn.functional.cross_entropy(scores, paddle.to_tensor(batch.labels))


def logits(network: Any, batch: ChoiceBatch, *, mask_fillers: bool = False) -> Logits:
    """Compute the logits of a batch, without gradients; dropout is the caller's to switch.

    Returns:
        ``[questions x choices]``.
    """
    with load_paddle().no_grad():
        scores: Logits = _forward(network, batch).numpy()
    return np.where(batch.real, scores, np.float32(MASKED)) if mask_fillers else scores


def decode(scores: Logits) -> NDArray[np.int64]:
    """Choose the largest logit of every question, the first of equal ones.

    Args:
        scores: ``[questions x choices]``.

    Returns:
        ``[questions]``.
    """
    chosen: NDArray[np.int64] = np.argmax(scores, axis=1).astype(np.int64)
    return chosen


def decode_blanks(
    scores: Logits,
    examples: Sequence[BlankExample],
    features: Sequence[ChoiceFeature],
    *,
    optimal: bool = False,
) -> NDArray[np.int64]:
    """Choose an idiom for every blank, none twice in a row.

    Args:
        scores: ``[blanks x candidates]``, in the order of the features.
        examples: The blanks.
        features: Their features.
        optimal: Whether the best assignment over a whole row is taken, rather than the published
            greedy one within evaluation batches.

    Returns:
        ``[blanks]``; `idioms.LOST` for a blank that got none.
    """
    groups = np.array([examples[feature.example].group for feature in features], dtype=np.int64)
    return decode_optimal(scores, groups) if optimal else decode_published(scores, groups)


def _side_by_side(blocks: Sequence[NDArray[np.int32]], fill: int) -> NDArray[np.int64]:
    """Stack ``[choices x length]`` blocks, each filled up on the right to the longest."""
    length = max(block.shape[1] for block in blocks)
    stacked = np.full((len(blocks), len(blocks[0]), length), fill, dtype=np.int64)
    for place, block in enumerate(blocks):
        stacked[place, :, : block.shape[1]] = block
    return stacked


def _forward(network: Any, batch: ChoiceBatch) -> Any:
    to_tensor = load_paddle().to_tensor
    return network(to_tensor(batch.input_ids), to_tensor(batch.token_type_ids))
