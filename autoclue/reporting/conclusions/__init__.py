"""What follows from the numbers: the verdict, its caveats, and how two settings compare."""

from autoclue.reporting.conclusions.comparison import comparison
from autoclue.reporting.conclusions.confirmation import confirmed_details, confirmed_verdict
from autoclue.reporting.conclusions.verdict import (
    caveats,
    closing_sentences,
    ending_words,
    verdict,
)

__all__ = [
    "caveats",
    "closing_sentences",
    "comparison",
    "confirmed_details",
    "confirmed_verdict",
    "ending_words",
    "verdict",
]
