"""What the terminal shows: before a search, while it runs, and at its end."""

from autoclue.cli.screen.checking import show_check
from autoclue.cli.screen.closing import close_study, close_training
from autoclue.cli.screen.listening import watch

__all__ = ["close_study", "close_training", "show_check", "watch"]
