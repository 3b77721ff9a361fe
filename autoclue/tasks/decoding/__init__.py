"""From what a network computes to the answers of the reading tasks."""

from autoclue.tasks.decoding.answers import OUTSIDE, WindowLogits, best_answer
from autoclue.tasks.decoding.idioms import decode_optimal, decode_published, refuse_lost

__all__ = [
    "OUTSIDE",
    "WindowLogits",
    "best_answer",
    "decode_optimal",
    "decode_published",
    "refuse_lost",
]
