"""What the terminal shows of suites, and of what runs would cost."""

from autoclue.screen.suites.closing import close_import, close_suite, print_summaries
from autoclue.screen.suites.forecasts import (
    estimate_rows,
    estimate_totals,
    kind_rows,
    say_estimate,
    short_names,
)
from autoclue.screen.suites.watching import SuiteScreen, watch_suite

__all__ = [
    "SuiteScreen",
    "close_import",
    "close_suite",
    "estimate_rows",
    "estimate_totals",
    "kind_rows",
    "print_summaries",
    "say_estimate",
    "short_names",
    "watch_suite",
]
