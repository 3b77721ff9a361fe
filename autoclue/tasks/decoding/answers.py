"""Draw the answer to a CMRC2018 question from the logits of its windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_ANSWER = "empty"
"""What the published script answers where no pair of start and end is allowed."""

OUTSIDE = -1
"""Stands in both columns of ``offsets`` for a token that is not of the context."""


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """One window of a question and what the network says about it.

    Attributes:
        offsets: ``[tokens x 2]``; first character and the one after the last of each token in the
            context, :data:`OUTSIDE` for tokens that are not of the context.
        start_logits: ``[length]`` in single precision, ``length >= tokens``; what stands behind
            the window's tokens is padding.
        end_logits: ``[length]``, likewise.
    """

    offsets: NDArray[np.int32]
    start_logits: NDArray[np.float32]
    end_logits: NDArray[np.float32]


def best_answer(
    context: str,
    windows: Sequence[WindowLogits],
    *,
    n_best: int = 20,
    max_answer_tokens: int = 50,
) -> str:
    """Choose the answer as PaddleNLP's ``compute_prediction`` does, without its null answer.

    In each window the ``n_best`` largest start logits meet the ``n_best`` largest end logits. Both
    must be context tokens, the end not before the start, and the answer not too long. The largest
    sum, in single precision, over all windows wins; among equal sums the earlier window, then the
    larger start, then the larger end. Logits of padding take places among the ``n_best``, so that
    the answer can depend on how the windows were batched.

    Args:
        context: The text that ``offsets`` count in.
        windows: All windows of the question, in order.
        n_best: Logits looked at, by window and side.
        max_answer_tokens: Longest answer, in tokens.

    Returns:
        The text between the start's first and the end's last character, or :data:`NO_ANSWER`.
    """
    best_score = -np.inf
    candidates = 0
    span: tuple[int, int] | None = None
    for window in windows:
        starts, ends, scores = _pairs(window, n_best, max_answer_tokens)
        candidates += len(scores)
        if len(scores) and scores.max() > best_score:
            place = int(scores.argmax())  # the first of equal ones
            best_score = float(scores[place])
            span = int(window.offsets[starts[place], 0]), int(window.offsets[ends[place], 1])
    text = NO_ANSWER if span is None else context[span[0] : span[1]]
    return NO_ANSWER if not text and candidates == 1 else text


def _pairs(
    window: WindowLogits, n_best: int, max_answer_tokens: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """List the allowed pairs of a window, by falling start logit, then falling end logit."""
    starts = _largest(window.start_logits, window.offsets, n_best)
    ends = _largest(window.end_logits, window.offsets, n_best)
    tokens = ends[None, :] - starts[:, None] + 1
    row, column = np.nonzero((tokens >= 1) & (tokens <= max_answer_tokens))
    scores = window.start_logits[starts][row] + window.end_logits[ends][column]
    return starts[row], ends[column], scores


def _largest(
    logits: NDArray[np.float32], offsets: NDArray[np.int32], count: int
) -> NDArray[np.intp]:
    """Find the places of the largest logits, largest first, and keep those in the context."""
    places = np.argsort(logits)[: -count - 1 : -1]
    places = places[places < len(offsets)]
    kept: NDArray[np.intp] = places[offsets[places, 0] != OUTSIDE]
    return kept
