"""What a terminal or a notebook shows: before a search, while it runs, and at its end."""

from autoclue.screen.closing import close_study, close_training
from autoclue.screen.listening import watch
from autoclue.screen.text import (
    print_sentence,
    print_text,
    result_console,
    table_console,
    terminal_log,
)

__all__ = [
    "close_study",
    "close_training",
    "print_sentence",
    "print_text",
    "result_console",
    "table_console",
    "terminal_log",
    "watch",
]
