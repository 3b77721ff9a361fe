"""What the terminal shows: before a search, while it runs, and at its end."""

from autoclue.cli.screen.closing import close_study, close_training
from autoclue.cli.screen.listening import watch
from autoclue.cli.screen.text import result_console

__all__ = ["close_study", "close_training", "result_console", "watch"]
