"""How many trials a GPU holds at once, and what each may take of it. Bytes in, shares out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autoclue.errors import UsageError

MARGIN: Final = 1.15
"""A trial may take so many times what the probe took: allocators round up, and rows differ."""

WORTH: Final = 1.1
"""Trials share a card where together they are more than so many times as fast as one alone."""

MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class CardShare:
    """What a trial gets of a GPU that several share.

    Attributes:
        per_card: Trials that a card holds at once, at least 1.
        room_bytes: What the card has for all of them together.
        context_bytes: What each of them holds beside what Paddle's allocator counts.
    """

    per_card: int
    room_bytes: int
    context_bytes: int = 0

    @property
    def share(self) -> float:
        """The part of the card, in the four decimals that Ray counts by, rounded down."""
        return int(10_000 / self.per_card) / 10_000

    @property
    def most_bytes(self) -> int:
        """What one of them may hold of the card, all things counted."""
        return self.room_bytes // self.per_card

    @property
    def limit_mib(self) -> int | None:
        """What Paddle may reserve for one of them in MiB; ``None`` for one that has the card."""
        if self.per_card == 1:
            return None
        return max(1, (self.most_bytes - self.context_bytes) // MIB)

    def halved(self) -> CardShare:
        """Return the share of half as many trials, at least one."""
        return CardShare(max(1, self.per_card // 2), self.room_bytes, self.context_bytes)


def fitting_share(*, peak_bytes: int, room_bytes: int, context_bytes: int = 0) -> CardShare:
    """Decide how many trials share a card, from what the largest of them takes.

    Args:
        peak_bytes: The most that the largest trial holds, all things counted; at least 1.
        room_bytes: What the card has for all of them.
        context_bytes: The part of the peak that Paddle's allocator doesn't count.

    Raises:
        UsageError: Not even one fits.

    Examples:
        >>> from autoclue.search.cards import fitting_share
        >>> found = fitting_share(peak_bytes=10 * 2**30, room_bytes=40 * 2**30)
        >>> found.per_card, found.share, found.limit_mib
        (3, 0.3333, 13653)
    """
    if peak_bytes > room_bytes:
        raise UsageError(
            f"The largest trial of the space takes {peak_bytes / 2**30:.1f} GiB of GPU memory, "
            f"and {room_bytes / 2**30:.1f} GiB are free; give a smaller batch_size or a shorter "
            "max_length_tokens with --set, or end what else uses the GPU."
        )
    fitting = max(1, int(room_bytes / (MARGIN * max(1, peak_bytes))))
    return CardShare(fitting, room_bytes, context_bytes)


def speedup(*, alone: float, together: float, at_once: int) -> float:
    """Return how many times as fast several trials on a card are as one trial alone.

    Args:
        alone: Steps per second of a trial that has the card to itself.
        together: Steps per second of the same trial beside the others, which are taken to be
            slowed down as it is.
        at_once: How many there are, itself included.
    """
    return at_once * together / alone


def is_worthwhile(factor: float) -> bool:
    """Return whether trials had better share a card than take turns.

    Args:
        factor: What ``speedup`` gives.
    """
    return factor > WORTH
