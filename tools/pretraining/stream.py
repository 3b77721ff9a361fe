"""The endless row of masked batches, each decided by the seed and its number alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.pretraining.batches import Drawer, Specials
from tools.pretraining.masking import Masked, mask_spans
from tools.pretraining.store import Store

LENGTHS: Mapping[int, float] = {32: 0.35, 64: 0.3, 128: 0.3, 256: 0.05}
"""The tokens of a sequence, with the probability that a batch has this length."""


@dataclass(frozen=True, slots=True)
class Example:
    """A masked batch, ready for the network.

    Attributes:
        masked: Tokens, the places to guess and what stood there.
        types: 0 for the first text, 1 for the second; [batch x length].
        relations: The index of a pair's relation, -1 for a single text; [batch].
    """

    masked: Masked
    types: NDArray[np.int64]
    relations: NDArray[np.int64]


class Stream:
    """Gives batch after batch, all of the same number of tokens."""

    def __init__(
        self,
        store: Store,
        vocabulary: Mapping[str, int],
        *,
        seed: int,
        batch_tokens: int,
        mask_share: float,
    ) -> None:
        self._specials = specials_of(vocabulary)
        self._entries = len(vocabulary)
        self._drawer = Drawer(store, self._specials)
        self._seed = seed
        self._batch_tokens = batch_tokens
        self._mask_share = mask_share

    def example(self, number: int) -> Example:
        """Return one batch by its number, from 0."""
        rng = np.random.default_rng([self._seed, number])
        length = int(rng.choice(tuple(LENGTHS), p=tuple(LENGTHS.values())))
        batch = self._drawer.draw(rng, batch=self._batch_tokens // length, length=length)
        masked = mask_spans(
            batch.ids,
            batch.maskable,
            rng,
            share=self._mask_share,
            mask_id=self._specials.mask,
            ordinary=range(self._specials.first_ordinary, self._entries),
        )
        return Example(masked, batch.types, batch.relations)


def specials_of(vocabulary: Mapping[str, int]) -> Specials:
    """Look the framing tokens up; the special tokens stand first in the vocabulary."""
    return Specials(
        cls=vocabulary["[CLS]"],
        sep=vocabulary["[SEP]"],
        mask=vocabulary["[MASK]"],
        first_ordinary=vocabulary["[UNK]"] + 1,
    )
