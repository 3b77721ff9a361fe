"""From what a network computes to the answers of the reading tasks."""

from autoclue.tasks.decoding.answers import OUTSIDE, WindowLogits, best_answer
from autoclue.tasks.decoding.idioms import (
    PUBLISHED_BATCH_SIZE,
    decode_every,
    decode_optimal,
    decode_published,
    refuse_lost,
)

__all__ = [
    "OUTSIDE",
    "PUBLISHED_BATCH_SIZE",
    "WindowLogits",
    "best_answer",
    "decode_every",
    "decode_optimal",
    "decode_published",
    "refuse_lost",
]
