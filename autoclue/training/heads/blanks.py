"""Lay out a blank with its candidates, as the published CHID script does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autoclue.errors import DataError
from autoclue.tasks.reading import BLANK, BlankExample
from autoclue.training.heads.choices import ChoiceFeature
from autoclue.training.heads.tokens import Tokenizer, framed, padded, token_ids

BLANK_MARK = "[unused1]"
"""Stands where the idiom is missing; [UNK] in a vocabulary without it."""

RESERVED_TOKENS = 8
"""[CLS], two [SEP], the blank's mark and an idiom of four."""

IDIOM_TOKENS = 4
"""Masks that stand for another blank in the window."""

_REPLACED = (
    *(("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'")),
    *(("——", "--"), ("—", "-"), ("―", "-"), ("…", "...")),
    *(("\u2581", " "), ("\u202f", " ")),
)


def encode_blanks(
    examples: Sequence[BlankExample],
    tokenizer: Tokenizer,
    *,
    max_length_tokens: int,
    cut_again: bool = False,
    wrap_short_passages: bool = True,
) -> list[ChoiceFeature]:
    """Make the features of all blanks: for each candidate [CLS] idiom [SEP] window [SEP].

    Args:
        examples: The blanks, in order.
        tokenizer: The tokenizer.
        max_length_tokens: Longest input, special tokens counted; more when tokens are cut again.
        cut_again: Whether tokens are cut again, see `token_ids`.
        wrap_short_passages: Whether a short passage loses its beginning, see `window_around`.

    Raises:
        DataError: A blank's candidates have different numbers of tokens.
    """
    passages: dict[str, list[str]] = {}
    features = []
    for number, example in enumerate(examples):
        if example.passage not in passages:
            passages[example.passage] = passage_tokens(example.passage, tokenizer)
        tokens = passages[example.passage]
        left, right = window_around(
            tokens,
            _place(example, tokens),
            max_length_tokens - RESERVED_TOKENS,
            wrap=wrap_short_passages,
        )
        masked_left = _masked(left, tokenizer.mask_token)
        masked_right = _masked(right, tokenizer.mask_token)
        cut_off = len(masked_left) - len(left)
        text = [*masked_left[cut_off:], BLANK_MARK, *masked_right[: len(right)]]
        features.append(_feature(number, example, text, tokenizer, cut_again=cut_again))
    return features


def passage_tokens(passage: str, tokenizer: Tokenizer) -> list[str]:
    """Cut a passage into tokens; each blank is one."""
    tokens: list[str] = []
    after = 0
    for blank in BLANK.finditer(passage):
        tokens += [*_tokens(passage[after : blank.start()], tokenizer), blank.group()]
        after = blank.end()
    return tokens + _tokens(passage[after:], tokenizer)


def window_around(
    tokens: Sequence[str], place: int, size: int, *, wrap: bool = True
) -> tuple[list[str], list[str]]:
    """Take the tokens around a blank, half of them on each side where there are enough.

    Where the right side is short, the left one begins as far before the blank as is left of
    ``size``. The published script lets that place run below 0 and so counts it from the end of the
    passage: a passage that would fit as a whole loses tokens at its beginning, often all before
    the blank.

    Args:
        tokens: The passage.
        place: The blank among them.
        size: Tokens to take in all, the blank not counted.
        wrap: Whether a place below 0 counts from the end, as in the script; if not, it is 0.

    Returns:
        The tokens before the blank and those after it.
    """
    half = size // 2
    after = len(tokens) - place - 1
    if place >= half and after >= size - half:
        return list(tokens[place - half : place]), list(tokens[place + 1 :][: size - half])
    if place <= half:
        return list(tokens[:place]), list(tokens[place + 1 :][: size - place])
    begin = place - (size - after)
    return list(tokens[begin if wrap else max(begin, 0) : place]), list(tokens[place + 1 :])


def _tokens(text: str, tokenizer: Tokenizer) -> list[str]:
    for old, new in _REPLACED:
        text = text.replace(old, new)
    return tokenizer.tokenize(text)


def _place(example: BlankExample, tokens: Sequence[str]) -> int:
    """Find the token of a blank."""
    earlier = sum(blank.start() < example.start for blank in BLANK.finditer(example.passage))
    blanks = [place for place, token in enumerate(tokens) if BLANK.fullmatch(token)]
    return blanks[earlier]


def _masked(tokens: Sequence[str], mask: str) -> list[str]:
    """Put masks in place of other blanks."""
    return [
        piece
        for token in tokens
        for piece in ([mask] * IDIOM_TOKENS if BLANK.fullmatch(token) else [token])
    ]


def _feature(
    number: int, example: BlankExample, text: list[str], tokenizer: Tokenizer, *, cut_again: bool
) -> ChoiceFeature:
    rest = token_ids(tokenizer, [tokenizer.sep_token, *text], cut_again=cut_again)
    ids, types = [], []
    for candidate in example.candidates:
        idiom = token_ids(tokenizer, tokenizer.tokenize(candidate), cut_again=cut_again)
        row = framed(tokenizer, idiom + rest)
        ids.append(row[0])
        types.append(row[1])
    if len({len(row) for row in ids}) > 1:
        raise DataError(
            f"The candidates of blank {example.id} have different numbers of tokens "
            f"({', '.join(example.candidates)}); give it idioms of equal length."
        )
    return ChoiceFeature(
        example=number,
        input_ids=padded(ids, tokenizer.pad_token_id),
        token_type_ids=padded(types, 0),
        real=np.ones(len(ids), dtype=np.bool_),
        label=-1 if example.label is None else example.label,
    )
