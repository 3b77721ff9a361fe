"""Which labels fit beside each other without overlap."""

from __future__ import annotations

from collections.abc import Sequence


def with_room(positions: Sequence[float], gap: float) -> list[int]:
    """Choose labels that keep a distance from each other.

    Args:
        positions: Where each label would stand, the most important first.
        gap: The least distance between two of them.

    Returns:
        The indices of those that have room, in their order; an earlier one is never left out for
        a later one.
    """
    chosen: list[int] = []
    for index, position in enumerate(positions):
        if all(abs(position - positions[other]) >= gap for other in chosen):
            chosen.append(index)
    return chosen
