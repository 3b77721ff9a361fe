"""Split text into words and pieces as PaddleNLP's ERNIE tokenizer does, without loading it.

The tokenizer cleans a text, sets every Chinese character apart, lowers and strips accents, sets
punctuation and symbols apart, and cuts what is left into the longest pieces that the vocabulary
holds. Here the same takes one pass over millions of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

UNKNOWN = "[UNK]"
LONGEST_WORD = 100
_SYMBOLS_BESIDE_THE_STANDARD = {0xAD, 0xB2, 0xBA, 0x3007, 0xB5, 0xD8, 0x14B, 0x1B1}
_CHINESE = re.compile(
    "([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ceaf"
    "\U0002f800-\U0002fa1f])"
)


def words(text: str) -> list[str]:
    """Split a text into lowered words; a Chinese character or a sign is a word of its own."""
    spaced = _CHINESE.sub(r" \1 ", _clean(text))
    plain = unicodedata.normalize("NFD", spaced.lower())
    return list(_split_at_signs(plain))


def pieces(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Cut a word into the longest pieces of a vocabulary, from its beginning.

    Args:
        word: One of ``words``.
        vocabulary: The index of each piece; all but a word's first begin with "##".

    Returns:
        The pieces, or only "[UNK]" where some part of the word has none.
    """
    if len(word) > LONGEST_WORD:
        return [UNKNOWN]
    found: list[str] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        found.append(mark + word[start:end])
        start = end
    return found


def stands_alone(char: str) -> bool:
    """Return whether a character is punctuation or a symbol, which is a word of its own."""
    code = ord(char)
    if code < 128:
        return code > 32 and not char.isalnum() and code != 127
    return unicodedata.category(char)[0] in "PS" or code in _SYMBOLS_BESIDE_THE_STANDARD


def _clean(text: str) -> str:
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Zs" or char in "\t\n\r":
            kept.append(" ")
        elif category[0] != "C" and char != "\ufffd":
            kept.append(char)
    return "".join(kept)


def _split_at_signs(text: str) -> Iterator[str]:
    for run in text.split():
        word = ""
        for char in run:
            if unicodedata.category(char) == "Mn":
                continue
            if stands_alone(char):
                if word:
                    yield word
                yield char
                word = ""
            else:
                word += char
        if word:
            yield word
