"""Turn texts, or tokens that were cut before, into what a network reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]


class Tokenizer(Protocol):
    """What features need of a PaddleNLP tokenizer."""

    sep_token: str
    mask_token: str
    pad_token_id: int

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into tokens."""

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int]:
        """Look tokens up in the vocabulary."""

    def get_offset_mapping(self, text: str) -> list[tuple[int, int]]:
        """Find the characters of a text that each of its tokens stands for."""

    def build_inputs_with_special_tokens(
        self, first: list[int], second: list[int] | None = None
    ) -> list[int]:
        """Put one or two lists of ids between the special tokens."""

    def create_token_type_ids_from_sequences(
        self, first: list[int], second: list[int] | None = None
    ) -> list[int]:
        """Return token types: 0 for the first text and its special tokens, 1 for the second."""

    def num_special_tokens_to_add(self, pair: bool) -> int:
        """Count the special tokens around one text or two."""


def token_ids(
    tokenizer: Tokenizer, tokens: Sequence[str], *, cut_again: bool = False
) -> list[int]:
    """Look up tokens that were cut before.

    When PaddleNLP's tables for C3 and CHID were made (2.3), each token became its id, an unknown
    one [UNK]. Later releases cut every token once more, so that ``##5`` becomes ``#``, ``#``,
    ``5``, and inputs grow.

    Args:
        tokenizer: The tokenizer.
        tokens: The tokens.
        cut_again: Whether each is cut again, as from PaddleNLP 2.5 on.
    """
    if cut_again:
        tokens = [piece for token in tokens for piece in tokenizer.tokenize(token)]
    return tokenizer.convert_tokens_to_ids(list(tokens)) if tokens else []


def framed(
    tokenizer: Tokenizer, first: list[int], second: list[int] | None = None
) -> tuple[list[int], list[int]]:
    """Put ids between the special tokens: [CLS] first [SEP], or [CLS] first [SEP] second [SEP].

    Returns:
        Token ids and token type ids.
    """
    ids = tokenizer.build_inputs_with_special_tokens(first, second)
    return ids, tokenizer.create_token_type_ids_from_sequences(first, second)


def padded(rows: Sequence[Sequence[int] | Ids], fill: int) -> Ids:
    """Stack rows, each filled up on the right to the longest.

    Returns:
        ``[rows x longest]``.
    """
    length = max(len(row) for row in rows)
    stacked = np.full((len(rows), length), fill, dtype=np.int32)
    for row, values in enumerate(rows):
        stacked[row, : len(values)] = values
    return stacked
