"""What a terminal or a notebook shows: before a search, while it runs, and at its end."""

from autoclue.screen.checking import show_check
from autoclue.screen.closing import close_study, close_training
from autoclue.screen.devices import say_cards
from autoclue.screen.listening import watch
from autoclue.screen.results import (
    SYNTHETIC,
    close_evaluation,
    close_predictions,
    close_submission,
)
from autoclue.screen.single import watch_training
from autoclue.screen.suites import (
    SuiteScreen,
    close_import,
    close_suite,
    estimate_rows,
    estimate_totals,
    kind_rows,
    print_summaries,
    say_estimate,
    short_names,
    watch_suite,
)
from autoclue.screen.text import print_sentence, print_text, result_console, table_console

__all__ = [
    "SYNTHETIC",
    "SuiteScreen",
    "close_evaluation",
    "close_import",
    "close_predictions",
    "close_study",
    "close_submission",
    "close_suite",
    "close_training",
    "estimate_rows",
    "estimate_totals",
    "kind_rows",
    "print_sentence",
    "print_summaries",
    "print_text",
    "result_console",
    "say_cards",
    "say_estimate",
    "short_names",
    "show_check",
    "table_console",
    "watch",
    "watch_suite",
    "watch_training",
]
