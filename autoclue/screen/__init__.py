"""What a terminal or a notebook shows: before a search, while it runs, and at its end."""

from autoclue.screen.checking import show_check
from autoclue.screen.closing import close_study, close_training
from autoclue.screen.listening import watch
from autoclue.screen.results import close_evaluation, close_predictions, close_submission
from autoclue.screen.single import watch_training
from autoclue.screen.suites import watch_suite
from autoclue.screen.text import print_sentence, print_text, result_console, table_console

__all__ = [
    "close_evaluation",
    "close_predictions",
    "close_study",
    "close_submission",
    "close_training",
    "print_sentence",
    "print_text",
    "result_console",
    "show_check",
    "table_console",
    "watch",
    "watch_suite",
    "watch_training",
]
