"""What is known of the GPUs of a study: how trials shared them, and how busy they were."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardSharing:
    """How the trials of a study share GPUs.

    Attributes:
        card: The GPU's model.
        probed: The identity of what was probed: the largest configuration of the space.
        peak_bytes: The most that it held of the GPU, all things counted.
        context_bytes: The part of it that Paddle's allocator doesn't count.
        room_bytes: What the GPU had for all trials.
        fitting: Trials that a GPU holds at once by that.
        per_card: Trials that share one in the end.
        speedup: How many times as fast ``fitting`` trials together were as one alone; ``None``
            until that is measured, or where one alone fits.
    """

    card: str
    probed: str
    peak_bytes: int
    context_bytes: int
    room_bytes: int
    fitting: int
    per_card: int
    speedup: float | None = None


@dataclass(frozen=True, slots=True)
class CardUse:
    """How full and how busy a GPU was while a study ran.

    Attributes:
        name: Its model.
        total_bytes: All of its memory.
        peak_bytes: The most that all programs together held of it.
        watched_s: Seconds in which it was looked at.
        busy_s: Seconds of them in which it computed, as its driver counts; ``None`` where that
            doesn't say.
        idle_s: Seconds of them in which it did nothing at all; likewise.
    """

    name: str
    total_bytes: int
    peak_bytes: int
    watched_s: float
    busy_s: float | None
    idle_s: float | None

    def and_then(self, later: CardUse) -> CardUse:
        """Return both together: what an earlier run saw of the same GPU, and a later one."""
        return CardUse(
            name=later.name,
            total_bytes=later.total_bytes,
            peak_bytes=max(self.peak_bytes, later.peak_bytes),
            watched_s=self.watched_s + later.watched_s,
            busy_s=_sum(self.busy_s, later.busy_s),
            idle_s=_sum(self.idle_s, later.idle_s),
        )


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second
