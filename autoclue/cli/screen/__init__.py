"""What the terminal shows: before a search, while it runs, and at its end."""

from autoclue.cli.screen.closing import close_study, close_training
from autoclue.cli.screen.listening import confirm_listener_for, listener_for
from autoclue.cli.screen.opening import announce, announce_confirm

__all__ = [
    "announce",
    "announce_confirm",
    "close_study",
    "close_training",
    "confirm_listener_for",
    "listener_for",
]
