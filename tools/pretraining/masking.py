"""Mask spans of tokens for masked language modelling.

Short runs of tokens are masked together, since a Chinese word is mostly two characters long
(SpanBERT, Joshi et al. 2020, arXiv:1907.10529, with shorter spans). A masked token is replaced by
[MASK] in 80 % of cases, by a random one in 10 %, and kept in 10 % (BERT, arXiv:1810.04805).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPAN_LENGTHS = (1, 2, 3, 4)
SPAN_PROBABILITIES = (0.3, 0.4, 0.2, 0.1)
_MEAN_SPAN = sum(
    size * share for size, share in zip(SPAN_LENGTHS, SPAN_PROBABILITIES, strict=True)
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A batch with tokens to guess.

    Attributes:
        ids: Token numbers with masks; [batch x length].
        places: Where the guessed tokens stand in the flattened batch, ascending; [guessed].
        labels: What stood there; [guessed].
    """

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    labels: NDArray[np.int64]


def mask_spans(
    ids: NDArray[np.int64],
    maskable: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    share: float,
    mask_id: int,
    ordinary: range,
) -> Masked:
    """Mask exactly a share of a batch's tokens, in spans.

    Args:
        ids: Token numbers; [batch x length].
        maskable: Which of them may be masked; [batch x length]. They must be enough.
        rng: Decides everything.
        share: Of all tokens, from 0 to 1; rounded down to whole tokens, so that every batch of
            one shape has as many.
        mask_id: The number of [MASK].
        ordinary: The numbers that a random token is drawn from.
    """
    guessed = int(share * ids.size)
    spans = _spans(ids.shape, rng, rate=share / _MEAN_SPAN) & maskable
    places = _exactly(guessed, spans.ravel(), maskable.ravel(), rng)
    labels = ids.ravel()[places]
    masked = ids.ravel().copy()
    fate = rng.random(guessed)
    masked[places[fate < 0.8]] = mask_id
    noise = places[fate >= 0.9]
    masked[noise] = rng.integers(ordinary.start, ordinary.stop, len(noise))
    return Masked(masked.reshape(ids.shape), places, labels)


def _spans(shape: tuple[int, ...], rng: np.random.Generator, *, rate: float) -> NDArray[np.bool_]:
    begins = rng.random(shape) < rate
    sizes = rng.choice(SPAN_LENGTHS, size=shape, p=SPAN_PROBABILITIES)
    covered: NDArray[np.bool_] = begins.copy()
    for offset in range(1, max(SPAN_LENGTHS)):
        covered[:, offset:] |= (begins & (sizes > offset))[:, :-offset]
    return covered


def _exactly(
    count: int,
    chosen: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    places = np.flatnonzero(chosen)
    if len(places) > count:
        places = rng.choice(places, count, replace=False)
    elif len(places) < count:
        free = np.flatnonzero(allowed & ~chosen)
        places = np.concatenate([places, rng.choice(free, count - len(places), replace=False)])
    return np.sort(places)
