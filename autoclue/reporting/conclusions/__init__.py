"""What follows from the numbers: the verdict, its caveats, and how two settings compare."""

from autoclue.reporting.conclusions.compared import compared
from autoclue.reporting.conclusions.confirmation import confirmed_details, confirmed_verdict
from autoclue.reporting.conclusions.verdict import caveats, verdict

__all__ = [
    "caveats",
    "compared",
    "confirmed_details",
    "confirmed_verdict",
    "verdict",
]
