"""The corpus as token numbers in flat arrays, with the places where sentences begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.pretraining.corpus import Document
from tools.pretraining.words import UNKNOWN, pieces, words

SENTENCE_ENDS = frozenset("。！？；!?")
CLOSING = frozenset("”’」』）)")


@dataclass(frozen=True)
class Store:
    """Token numbers of many documents, one after another.

    Attributes:
        tokens: Numbers in the vocabulary; [tokens].
        starts: Where sentences begin, ascending, the end of the tokens last; [sentences + 1].
        documents: The document of each sentence; [sentences].
        weights: How often a token of each sentence is wanted, against 1; [sentences].
    """

    tokens: NDArray[np.uint16]
    starts: NDArray[np.int64]
    documents: NDArray[np.int64]
    weights: NDArray[np.float64]

    def save(self, path: Path) -> None:
        """Write all arrays to one .npz file."""
        np.savez(
            path,
            tokens=self.tokens,
            starts=self.starts,
            documents=self.documents,
            weights=self.weights,
        )

    @staticmethod
    def load(path: Path) -> Store:
        """Read what ``save`` wrote; nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return Store(**{name: arrays[name] for name in arrays.files})


class Encoder:
    """Turns text into token numbers, remembering the words it has seen."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._unknown = vocabulary[UNKNOWN]
        self._seen: dict[str, list[int]] = {}

    def sentences(self, line: str) -> list[list[int]]:
        """Return the token numbers of each sentence of a line."""
        found: list[list[int]] = [[]]
        ended = False
        for word in words(line):
            if ended and word not in CLOSING and word not in SENTENCE_ENDS:
                found.append([])
                ended = False
            ended = ended or word in SENTENCE_ENDS
            found[-1].extend(self._numbers(word))
        return [sentence for sentence in found if sentence]

    def _numbers(self, word: str) -> list[int]:
        known = self._seen.get(word)
        if known is None:
            cut = pieces(word, self._vocabulary)
            known = [self._vocabulary.get(piece, self._unknown) for piece in cut]
            self._seen[word] = known
        return known


def build_store(
    texts: Iterable[Document],
    vocabulary: Mapping[str, int],
    *,
    general_until: int,
    general_weight: float,
) -> Store:
    """Number the tokens of some documents.

    Args:
        texts: The documents.
        vocabulary: The number of each piece; at most 65,536.
        general_until: Documents that begin before this line of the corpus are general text.
        general_weight: How much more often a token of general text is wanted than another.
    """
    encoder = Encoder(vocabulary)
    tokens: list[int] = []
    starts: list[int] = []
    owners: list[int] = []
    weights: list[float] = []
    for number, document in enumerate(texts):
        weight = general_weight if document.first_line < general_until else 1.0
        for line in document.lines:
            for sentence in encoder.sentences(line):
                starts.append(len(tokens))
                owners.append(number)
                weights.append(weight)
                tokens.extend(sentence)
    return Store(
        np.array(tokens, np.uint16),
        np.array([*starts, len(tokens)], np.int64),
        np.array(owners, np.int64),
        np.array(weights, np.float64),
    )
