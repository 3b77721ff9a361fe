"""Which member of the round before each member goes on from, as PaddleHub 1.4 chose it."""

from __future__ import annotations

from collections.abc import Sequence


def better_half(scores: Sequence[float | None]) -> tuple[int, ...]:
    """Return the places of those that others may go on from, the best first.

    They are half of the members, rounded down, and at least one; equals follow each other in the
    order of their places. A member without a score is never among them.

    Args:
        scores: Of a round's members, in the order of their places.
    """
    scored = [(-score, place) for place, score in enumerate(scores) if score is not None]
    most = max(1, len(scores) // 2)
    return tuple(place for _, place in sorted(scored)[:most])


def origins(scores: Sequence[float | None], *, generation: int) -> tuple[int, ...]:
    """Return for each member of a round the place whose end it goes on from.

    A counter goes through the better half of the round before, and through the members of all
    rounds without beginning anew. PaddleHub kept that half in the order of a set, which follows
    from the seed of the process's hashes; here the best is first.

    Args:
        scores: Of the round before, in the order of the places.
        generation: The round that goes on, from 1.

    Returns:
        As many places as a round has members; none where no member of the round before has a
        score.
    """
    kept, size = better_half(scores), len(scores)
    if not kept:
        return ()
    return tuple(kept[(generation * size + place) % len(kept)] for place in range(size))
