"""The head that finds an answer in a text: two logits a token, one for start and one for end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks.reading import SpanExample, WindowLogits, best_answer
from autoclue.training.heads.tokens import padded
from autoclue.training.heads.windows import SpanWindow
from autoclue.training.model import PaddleHead, load_network
from autoclue.training.platform import load_paddle


@dataclass(frozen=True, slots=True)
class SpanBatch:
    """Windows side by side, padded to the longest.

    Attributes:
        input_ids: ``[windows x length]``.
        token_type_ids: ``[windows x length]``.
        starts: ``[windows]``; places of the answers' first tokens.
        ends: ``[windows]``; places of their last ones.
    """

    input_ids: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpanLogits:
    """What the network says about one window, as long as the batch that it stood in.

    Attributes:
        start: ``[length]``.
        end: ``[length]``.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]


def build(location: str, *, seed: int) -> Any:
    """Load a network with a fresh head for span extraction.

    Args:
        location: Hub name or folder.
        seed: Seeds the head.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    return load_network(location, PaddleHead("ForQuestionAnswering"), seed=seed)


def collate(windows: Sequence[SpanWindow], *, pad_id: int) -> SpanBatch:
    """Put windows side by side.

    Args:
        windows: At least one.
        pad_id: Fills up the ids; types are filled up with 0.
    """
    return SpanBatch(
        input_ids=padded([w.input_ids for w in windows], pad_id).astype(np.int64),
        token_type_ids=padded([w.token_type_ids for w in windows], 0).astype(np.int64),
        starts=np.array([window.start for window in windows], dtype=np.int64),
        ends=np.array([window.end for window in windows], dtype=np.int64),
    )


def loss(network: Any, batch: SpanBatch) -> Any:
    """Compute the mean of the cross-entropies of start and of end, over all places of the batch.

    Places of padding compete with the others, as in the published script.

    Returns:
        A scalar tensor.
    """
    paddle = load_paddle()
    cross_entropy = paddle.nn.functional.cross_entropy
    start, end = _forward(network, batch)
    start_loss = cross_entropy(start, paddle.to_tensor(batch.starts))
    end_loss = cross_entropy(end, paddle.to_tensor(batch.ends))
    return (start_loss + end_loss) / 2


def logits(network: Any, batch: SpanBatch) -> list[SpanLogits]:
    """Compute the logits of a batch, without gradients; dropout is the caller's to switch."""
    with load_paddle().no_grad():
        start, end = (tensor.numpy() for tensor in _forward(network, batch))
    return [SpanLogits(*pair) for pair in zip(start, end, strict=True)]


def decode(
    examples: Sequence[SpanExample], windows: Sequence[SpanWindow], outputs: Sequence[SpanLogits]
) -> dict[str, str]:
    """Answer every question.

    Args:
        examples: The questions.
        windows: Their windows.
        outputs: What the network says about each window, in the same order.

    Returns:
        The answers by question id, in the order of the questions; a question without windows gets
        the stand-in of `best_answer`.
    """
    by_example: list[list[WindowLogits]] = [[] for _ in examples]
    for window, output in zip(windows, outputs, strict=True):
        by_example[window.example].append(WindowLogits(window.offsets, output.start, output.end))
    return {
        example.id: best_answer(example.context, its_windows)
        for example, its_windows in zip(examples, by_example, strict=True)
    }


def _forward(network: Any, batch: SpanBatch) -> tuple[Any, Any]:
    to_tensor = load_paddle().to_tensor
    start, end = network(to_tensor(batch.input_ids), to_tensor(batch.token_type_ids))
    return start, end
