"""Lay out a text, a question and its choices, as the published C3 script does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError
from autoclue.tasks.reading import ChoiceExample
from autoclue.training.heads.tokens import Ids, Tokenizer, framed, padded, token_ids

FILLER = "无效答案"
"""The choice that fills up a question with too few; it competes like the others in the script."""

SPECIAL_TOKENS = 4
"""[CLS] and three [SEP]."""


@dataclass(frozen=True, slots=True)
class ChoiceFeature:
    """What the network reads of one question or blank.

    Attributes:
        example: Index of the question or blank.
        input_ids: ``[choices x longest]``.
        token_type_ids: ``[choices x longest]``.
        real: ``[choices]``; false for a filler.
        label: Index of the right choice; -1 where there is none.
    """

    example: int
    input_ids: Ids
    token_type_ids: Ids
    real: NDArray[np.bool_]
    label: int


def encode_choices(
    examples: Sequence[ChoiceExample],
    tokenizer: Tokenizer,
    *,
    max_length_tokens: int,
    num_choices: int,
    cut_again: bool = False,
) -> list[ChoiceFeature]:
    """Make the features of all questions: [CLS] text [SEP] question [SEP] choice [SEP].

    Args:
        examples: The questions, in order.
        tokenizer: The tokenizer.
        max_length_tokens: Longest input, special tokens counted; more when tokens are cut again.
        num_choices: Choices that the network scores; fewer are filled up.
        cut_again: Whether tokens are cut again, see `token_ids`.

    Raises:
        DataError: A question has more choices than the network scores.
    """
    contexts: dict[str, list[str]] = {}
    features = []
    for number, example in enumerate(examples):
        if example.context not in contexts:
            contexts[example.context] = tokenizer.tokenize(example.context)
        missing = num_choices - len(example.choices)
        if missing < 0:
            raise DataError(
                f"Question {example.id} has {len(example.choices)} choices, but the network "
                f"scores {num_choices}; leave some out, or raise the task's number of choices."
            )
        rows = _rows(
            list(contexts[example.context]),
            tokenizer.tokenize(example.question),
            [tokenizer.tokenize(text) for text in (*example.choices, *([FILLER] * missing))],
            sep_token=tokenizer.sep_token,
            max_length_tokens=max_length_tokens,
        )
        features.append(_feature(number, example, rows, tokenizer, cut_again=cut_again))
    return features


def _rows(
    context: list[str],
    question: list[str],
    choices: Sequence[list[str]],
    *,
    sep_token: str,
    max_length_tokens: int,
) -> tuple[list[str], list[list[str]]]:
    """Cut every choice's input to length, in place.

    Text and question stay cut for the choices after it, and all rows carry the text as the last
    choice left it; each keeps the question as it was at its own turn.

    Returns:
        The text that all choices share, and what follows it, by choice.
    """
    rest = []
    for choice in choices:
        shorten_longest((context, question, choice), max_length_tokens - SPECIAL_TOKENS)
        rest.append([*question, sep_token, *choice])
    return context, rest


def _feature(
    number: int,
    example: ChoiceExample,
    rows: tuple[list[str], list[list[str]]],
    tokenizer: Tokenizer,
    *,
    cut_again: bool,
) -> ChoiceFeature:
    context = token_ids(tokenizer, rows[0], cut_again=cut_again)
    framed_rows = [
        framed(tokenizer, context, token_ids(tokenizer, rest, cut_again=cut_again))
        for rest in rows[1]
    ]
    return ChoiceFeature(
        example=number,
        input_ids=padded([ids for ids, _ in framed_rows], tokenizer.pad_token_id),
        token_type_ids=padded([types for _, types in framed_rows], 0),
        real=np.arange(len(framed_rows)) < len(example.choices),
        label=-1 if example.label is None else example.label,
    )


def shorten_longest(parts: Sequence[list[str]], most: int) -> None:
    """Take tokens off the end of the longest list, one by one, until all fit; in place.

    Args:
        parts: Lists of tokens; among equally long ones the earlier loses first.
        most: Tokens that may stay in all.
    """
    while sum(map(len, parts)) > most:
        max(parts, key=len).pop()
