"""What the terminal shows: before a search, while it runs, and at its end."""

from autoclue.cli.screen.closing import close_study, close_training
from autoclue.cli.screen.listening import watch
from autoclue.cli.screen.results import close_evaluation, close_predictions, close_submission

__all__ = [
    "close_evaluation",
    "close_predictions",
    "close_study",
    "close_submission",
    "close_training",
    "watch",
]
