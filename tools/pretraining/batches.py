"""Draw training sequences of equal length: single texts, and pairs with a relation to guess.

A sequence is `[CLS] A [SEP]` or `[CLS] A [SEP] B [SEP]`, without padding. Which batch is drawn
depends on a seed and the batch's number only, so that a resumed run goes on where it stopped.
The relations of pairs follow StructBERT's (Wang et al. 2019, arXiv:1908.04577) next, previous and
random; "fragment" and "altered" are ours and make the network compare two texts token by token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.pretraining.store import Store

RELATIONS: Mapping[str, float] = {
    "next": 0.25,
    "previous": 0.1,
    "random": 0.25,
    "fragment": 0.2,
    "altered": 0.2,
}
"""How B came about, with its probability: the text after A, the text before A, text of another
place, A with parts left out, and the same with a few tokens changed to others from nearby."""

_NAMES = tuple(RELATIONS)
NO_RELATION = -1
_NEARBY_TOKENS = 100
_LONGEST_CHANGE = 4

Tokens = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Specials:
    """The numbers of the tokens that frame a sequence."""

    cls: int
    sep: int
    mask: int
    first_ordinary: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length.

    Attributes:
        ids: Token numbers; [batch x length].
        types: 0 for the first text, 1 for the second; [batch x length].
        maskable: Tokens that may be masked: no frame, no changed token; [batch x length].
        relations: The index of a pair's relation, -1 for a single text; [batch].
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    maskable: NDArray[np.bool_]
    relations: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pair:
    first: Tokens
    second: Tokens
    relation: str
    changed: tuple[int, int] = (0, 0)  # of the second text, end excluded


class Drawer:
    """Draws batches from a store."""

    def __init__(self, store: Store, specials: Specials, *, pair_share: float = 0.5) -> None:
        self._store = store
        self._specials = specials
        self._pair_share = pair_share
        self._cumulative = np.cumsum(store.weights * np.diff(store.starts))

    def draw(self, rng: np.random.Generator, *, batch: int, length: int) -> Batch:
        """Draw a batch.

        Args:
            rng: Decides everything.
            batch: Sequences.
            length: Tokens of each; at least 16.
        """
        specials = self._specials
        ids = np.full((batch, length), specials.sep, np.int64)
        ids[:, 0] = specials.cls
        types = np.zeros((batch, length), np.int64)
        maskable = np.zeros((batch, length), np.bool_)
        relations = np.full(batch, NO_RELATION, np.int64)
        for row in range(batch):
            if rng.random() >= self._pair_share:
                ids[row, 1:-1] = self._text(self._sentence(rng), length - 2)
                maskable[row, 1:-1] = True
                continue
            pair = self._pair(rng, length - 3)
            second = len(pair.first) + 2
            ids[row, 1 : second - 1] = pair.first
            ids[row, second:-1] = pair.second
            types[row, second:] = 1
            maskable[row, 1:-1] = True
            maskable[row, second - 1] = False
            maskable[row, second + pair.changed[0] : second + pair.changed[1]] = False
            relations[row] = _NAMES.index(pair.relation)
        return Batch(ids, types, maskable, relations)

    def _sentence(self, rng: np.random.Generator) -> int:
        return int(np.searchsorted(self._cumulative, rng.random() * self._cumulative[-1]))

    def _begin(self, sentence: int, tokens: int) -> int:
        return max(0, min(int(self._store.starts[sentence]), len(self._store.tokens) - tokens))

    def _text(self, sentence: int, tokens: int) -> Tokens:
        begin = self._begin(sentence, tokens)
        return self._store.tokens[begin : begin + tokens]

    def _pair(self, rng: np.random.Generator, tokens: int) -> _Pair:
        relation = str(rng.choice(_NAMES, p=tuple(RELATIONS.values())))
        if relation in ("fragment", "altered"):
            return self._copy(rng, tokens, altered=relation == "altered")
        sentence = self._sentence(rng)
        begin = self._begin(sentence, tokens)
        cut, same = self._cut(begin, tokens, rng)
        first = self._store.tokens[begin : begin + cut]
        second = self._store.tokens[begin + cut : begin + tokens]
        if relation == "random":
            return _Pair(first, self._text(self._sentence(rng), tokens - cut), "random")
        if not same:
            return _Pair(first, second, "random")
        return (
            _Pair(first, second, "next") if relation == "next" else _Pair(second, first, relation)
        )

    def _cut(self, begin: int, tokens: int, rng: np.random.Generator) -> tuple[int, bool]:
        """Choose where the first text ends, and tell whether both are of one document."""
        starts, documents = self._store.starts, self._store.documents
        wanted = begin + int(tokens * rng.uniform(0.3, 0.65))
        index = int(np.searchsorted(starts, wanted, side="right")) - 1
        cut = int(starts[index]) - begin
        if cut < tokens // 5:
            cut = wanted - begin
        first = int(np.searchsorted(starts, begin, side="right")) - 1
        second = int(np.searchsorted(starts, begin + cut, side="right")) - 1
        return cut, bool(documents[first] == documents[second])

    def _copy(self, rng: np.random.Generator, tokens: int, *, altered: bool) -> _Pair:
        """Set a text beside itself with parts left out, so that both fill the sequence."""
        left_out = int(rng.integers(0, max(2, tokens // 6)))
        left_out += (tokens + left_out) % 2
        whole = (tokens + left_out) // 2
        begin = self._begin(self._sentence(rng), whole)
        first = self._store.tokens[begin : begin + whole]
        second = first[kept_tokens(whole, left_out, rng)]
        if not altered:
            return _Pair(first, second, "fragment")
        changed, span = self._change(second, begin, rng)
        return _Pair(first, changed, "altered" if (changed != second).any() else "fragment", span)

    def _change(
        self, text: Tokens, begin: int, rng: np.random.Generator
    ) -> tuple[Tokens, tuple[int, int]]:
        size = min(int(rng.integers(1, _LONGEST_CHANGE + 1)), len(text))
        at = int(rng.integers(0, len(text) - size + 1))
        source = begin + int(rng.integers(-_NEARBY_TOKENS, len(text) + _NEARBY_TOKENS))
        source = max(0, min(source, len(self._store.tokens) - size))
        changed = text.copy()
        changed[at : at + size] = self._store.tokens[source : source + size]
        return changed, (at, at + size)


def kept_tokens(whole: int, left_out: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose which tokens stay when a number of them, in up to three runs, is left out."""
    kept = np.ones(whole, np.bool_)
    shares = rng.multinomial(left_out, (1 / 3, 1 / 3, 1 / 3))
    for share in shares:
        places = np.flatnonzero(kept)
        at = int(rng.integers(0, len(places) - share + 1))
        kept[places[at : at + share]] = False
    return kept
