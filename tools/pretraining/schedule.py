"""The learning rate over a training time: warm-up, a long constant part, and a decay to nothing.

The constant part lets a run be made longer or shorter while it goes on (a "trapezoid", as in
Hägele et al. 2024, arXiv:2405.18392).
"""

from __future__ import annotations

LONGEST_STEP_S = 5.0


def rate_factor(updates: int, spent: float, *, warmup_updates: int, decay_share: float) -> float:
    """Return what the peak learning rate is multiplied with.

    Args:
        updates: Updates done.
        spent: The share of the training time that is over, from 0; 1 or more is the end.
        warmup_updates: Updates until the peak.
        decay_share: The last share of the time, in which the rate falls in a straight line to 0.
    """
    warm = min(1.0, (updates + 1) / warmup_updates)
    left = max(0.0, 1.0 - spent)
    return warm * min(1.0, left / decay_share)


def counted_seconds(elapsed_s: float) -> float:
    """Return what one update adds to the training time: its own time unless it was stopped."""
    return min(elapsed_s, LONGEST_STEP_S)
