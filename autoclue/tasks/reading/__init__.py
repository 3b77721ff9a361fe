"""Reading tasks: their rows, metrics and answers (CMRC2018, C3, CHID, and tasks of one's own)."""

from autoclue.tasks.reading.answers import OUTSIDE, WindowLogits, best_answer
from autoclue.tasks.reading.chid import BLANK
from autoclue.tasks.reading.examples import BlankExample, ChoiceExample, SpanExample
from autoclue.tasks.reading.idioms import decode_optimal, decode_published

__all__ = [
    "BLANK",
    "OUTSIDE",
    "BlankExample",
    "ChoiceExample",
    "SpanExample",
    "WindowLogits",
    "best_answer",
    "decode_optimal",
    "decode_published",
]
