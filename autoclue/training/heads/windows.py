"""Cut the context of a question into windows, as the published CMRC2018 script does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError
from autoclue.tasks.decoding import OUTSIDE
from autoclue.tasks.reading import SpanExample
from autoclue.training.heads.tokens import Ids, Tokenizer, framed, token_ids

HOP_TOKENS = 128
"""Tokens from the beginning of one window to the beginning of the next, called ``doc_stride``."""


@dataclass(frozen=True, slots=True)
class SpanWindow:
    """A question with one window of its context.

    Attributes:
        example: Index of the question.
        input_ids: ``[tokens]``.
        token_type_ids: ``[tokens]``.
        offsets: ``[tokens x 2]``; characters of the context, OUTSIDE for other tokens.
        start: Place of the answer's first token; 0, that of [CLS], where it isn't in the window.
        end: Place of the answer's last token, or 0.
    """

    example: int
    input_ids: Ids
    token_type_ids: Ids
    offsets: Ids
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Text:
    """A context cut into tokens: their ids ``[tokens]`` and characters ``[tokens x 2]``."""

    ids: list[int]
    offsets: Ids


def encode_spans(
    examples: Sequence[SpanExample],
    tokenizer: Tokenizer,
    *,
    max_length_tokens: int,
    hop_tokens: int = HOP_TOKENS,
) -> list[SpanWindow]:
    """Make the windows of all questions, in their order.

    Args:
        examples: The questions. One with an empty context has no window.
        tokenizer: The tokenizer.
        max_length_tokens: Longest input, special tokens counted.
        hop_tokens: Tokens between the beginnings of two windows; a shorter window hops its length.

    Raises:
        DataError: A question is so long that no token of its context fits.
    """
    texts: dict[str, _Text] = {}
    windows: list[SpanWindow] = []
    for number, example in enumerate(examples):
        if example.context not in texts:
            texts[example.context] = _cut(example.context, tokenizer)
        question = token_ids(tokenizer, tokenizer.tokenize(example.question))
        room = max_length_tokens - len(question) - tokenizer.num_special_tokens_to_add(pair=True)
        if room < 1:
            raise DataError(
                f"Question {example.id} has {len(question)} tokens, which leaves no room for its "
                f"context within {max_length_tokens}; shorten it or raise max_length_tokens."
            )
        text = texts[example.context]
        for first, end in _spans(len(text.ids), room, hop_tokens):
            part = _Text(text.ids[first:end], text.offsets[first:end])
            windows.append(_window(number, example, question, part, tokenizer))
    return windows


def _cut(context: str, tokenizer: Tokenizer) -> _Text:
    ids = token_ids(tokenizer, tokenizer.tokenize(context))
    offsets = np.array(tokenizer.get_offset_mapping(context), dtype=np.int32).reshape(-1, 2)
    if len(offsets) != len(ids):
        raise DataError(
            f"The tokenizer finds {len(ids)} tokens but places for {len(offsets)} in the text "
            f"that begins {context[:20]!r}; leave it out, or use another model."
        )
    return _Text(ids, offsets)


def _spans(tokens: int, room: int, hop: int) -> Iterator[tuple[int, int]]:
    """Yield where windows begin and end; the last is shorter, not moved back."""
    for first in range(0, tokens, min(hop, room)):
        yield first, min(first + room, tokens)
        if first + room >= tokens:
            return


def _window(
    number: int, example: SpanExample, question: list[int], part: _Text, tokenizer: Tokenizer
) -> SpanWindow:
    ids, types = framed(tokenizer, question, part.ids)
    before = _tokens_before_second(tokenizer, len(question), len(part.ids))
    offsets = np.full((len(ids), 2), OUTSIDE, dtype=np.int32)
    offsets[before : before + len(part.ids)] = part.offsets
    start, end = _labels(example, part.offsets)
    return SpanWindow(
        example=number,
        input_ids=np.array(ids, dtype=np.int32),
        token_type_ids=np.array(types, dtype=np.int32),
        offsets=offsets,
        start=0 if start is None else before + start,
        end=0 if end is None else before + end,
    )


def _tokens_before_second(tokenizer: Tokenizer, first: int, second: int) -> int:
    """Count the tokens of an input before its second text."""
    marked = tokenizer.build_inputs_with_special_tokens([-1] * first, [-2] * second)
    return marked.index(-2)


def _labels(example: SpanExample, offsets: NDArray[np.int32]) -> tuple[int | None, int | None]:
    """Find the first answer among the tokens of a window, by its characters alone.

    Args:
        example: The question.
        offsets: ``[tokens x 2]`` of the window's context tokens.

    Returns:
        Its first and last token, ``None`` where the window doesn't hold all of it. An answer
        that begins in the window's last token gets a start one too far, as in the script.
    """
    if not example.answers:
        return None, None
    begin = example.answers[0].start
    end = begin + len(example.answers[0].text)
    if offsets[0, 0] > begin or offsets[-1, 1] < end:
        return None, None
    later = np.flatnonzero(offsets[:, 0] > begin)
    before = np.flatnonzero(offsets[:, 1] < end)
    start = int(later[0]) - 1 if len(later) else len(offsets)
    return start, int(before[-1]) + 1 if len(before) else 0
