"""Build a character-level WordPiece vocabulary from the words of a corpus."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

SPECIAL_TOKENS = ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]")
_LATIN = frozenset(string.ascii_lowercase + string.digits)
LONGEST_CONTINUATION = 4


def build_vocabulary(
    word_counts: Mapping[str, int],
    *,
    size: int,
    min_count: int = 3,
    latin_words: int = 900,
    continuations: int = 300,
) -> list[str]:
    """List the pieces: special tokens, letters and digits, Latin pieces, then characters.

    Args:
        word_counts: How often each word of the corpus occurs.
        size: Most entries in all; the rarest characters are left out to keep to it.
        min_count: Rarer characters are left out in any case.
        latin_words: How many whole words of ASCII letters and digits are pieces.
        continuations: How many endings of the other words are pieces.

    Raises:
        ValueError: The size leaves no room for characters.
    """
    singles = sorted(_LATIN)
    whole = _frequent_latin(word_counts, limit=latin_words)
    endings = _frequent_endings(word_counts, without=set(whole), limit=continuations)
    fixed = [*SPECIAL_TOKENS, *singles, *(f"##{char}" for char in singles), *whole, *endings]
    if len(fixed) >= size:
        raise ValueError(f"{len(fixed)} entries are fixed already, but size is {size}.")
    counts = {w: c for w, c in word_counts.items() if len(w) == 1 and w not in _LATIN}
    frequent = [char for char, count in _by_count(counts) if count >= min_count]
    return [*fixed, *frequent[: size - len(fixed)]]


def write_vocabulary(path: Path, vocabulary: list[str]) -> None:
    """Write one entry a line, as ``vocab.txt`` has them."""
    path.write_text("\n".join(vocabulary) + "\n", encoding="utf-8")


def read_vocabulary(path: Path) -> dict[str, int]:
    """Read a ``vocab.txt``: the index of each entry."""
    entries = path.read_text(encoding="utf-8").split("\n")
    return {entry: index for index, entry in enumerate(entries) if entry}


def _frequent_latin(word_counts: Mapping[str, int], *, limit: int) -> list[str]:
    latin = {w: c for w, c in word_counts.items() if len(w) > 1 and _LATIN.issuperset(w)}
    return [word for word, _ in _by_count(latin)[:limit]]


def _frequent_endings(
    word_counts: Mapping[str, int], *, without: set[str], limit: int
) -> list[str]:
    gains: Counter[str] = Counter()
    for word, count in word_counts.items():
        if word in without or not _LATIN.issuperset(word):
            continue
        for start in range(1, len(word) - 1):
            for end in range(start + 2, min(start + LONGEST_CONTINUATION, len(word)) + 1):
                gains[f"##{word[start:end]}"] += count * (end - start - 1)
    return [piece for piece, _ in _by_count(gains)[:limit]]


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
