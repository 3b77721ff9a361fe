"""Read a vocabulary, and measure how well it fits the texts of a task."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autoclue.errors import UsageError

MOST_LINES = 2_000_000
MOST_BYTES = 256 * 2**20
MOST_TEXTS = 1000
LONGEST_WORD = 100
"""A longer word is unknown to any tokenizer of words and pieces."""

REFUSED_SHARE = 0.5
TOLD_SHARE = 0.05
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WORDS = re.compile(r"[㐀-鿿豈-﫿]|[^\W_㐀-鿿豈-﫿]+|[^\s]")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a vocabulary fits some texts.

    Attributes:
        words: Words that were looked up; a Chinese character is one.
        unknown: Those that are unknown.
        by_case: Those of them that are known in small letters.
    """

    words: int
    unknown: int
    by_case: int

    @property
    def share(self) -> float:
        """The share of unknown words, in [0, 1]."""
        return self.unknown / self.words if self.words else 0.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a ``vocab.txt``.

    Attributes:
        path: The file.
        places: The line of each piece, from 0.
        lines: How many lines there are.
    """

    path: Path
    places: dict[str, int]
    lines: int

    @property
    def has_capitals(self) -> bool:
        """Whether most capital letters are pieces, as in vocabularies that keep case."""
        return len(_CAPITALS & self.places.keys()) > len(_CAPITALS) / 2

    def knows(self, word: str) -> bool:
        """Return whether a word is made of known pieces, the longest first."""
        if word in self.places:
            return True
        at = 0
        while at < len(word):
            head = "##" if at else ""
            end = next(
                (e for e in range(len(word), at, -1) if head + word[at:e] in self.places), None
            )
            if end is None or len(word) > LONGEST_WORD:
                return False
            at = end
        return True

    def fit(self, texts: Iterable[str], *, lower: bool) -> Fit:
        """Look up the words of the first thousand texts.

        Args:
            texts: Any texts.
            lower: Whether they are written in small letters and without accents first.
        """
        words = unknown = by_case = 0
        for word in _words(islice(texts, MOST_TEXTS), lower=lower):
            words += 1
            if not self.knows(word):
                unknown += 1
                by_case += not lower and self.knows(_lowered(word))
        return Fit(words, unknown, by_case)


def _words(texts: Iterable[str], *, lower: bool) -> Iterator[str]:
    for text in texts:
        yield from _WORDS.findall(_lowered(text) if lower else text)


def _lowered(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in parts if unicodedata.category(char) != "Mn")


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary of one piece a line.

    Raises:
        UsageError: It can't be read, isn't UTF-8, begins with a byte order mark, or has more lines
            than any vocabulary.
    """
    places: dict[str, int] = {}
    lines = 0
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} is larger than any vocabulary; is it another file?")
        with path.open(encoding="utf-8") as file:
            while line := file.readline(100_000):
                places.setdefault(line.rstrip("\n"), lines)
                lines += 1
                if lines > MOST_LINES:
                    raise UsageError(f"{path} has more than {MOST_LINES:,} lines; no model does.")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} isn't UTF-8; write it anew as UTF-8, one piece a line."
        ) from error
    if not lines:
        raise UsageError(f"{path} is empty; give the vocabulary that belongs to the weights.")
    if next(iter(places)).startswith("﻿"):
        raise UsageError(f"{path} begins with a byte order mark; write it as UTF-8 without one.")
    return Vocabulary(path, places, lines)
