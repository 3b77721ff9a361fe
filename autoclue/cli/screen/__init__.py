"""What the terminal shows: the live table and the messages around it."""

from autoclue.cli.screen.messages import (
    announce,
    announce_confirm,
    close_study,
    close_training,
    confirm_listener_for,
    listener_for,
)

__all__ = [
    "announce",
    "announce_confirm",
    "close_study",
    "close_training",
    "confirm_listener_for",
    "listener_for",
]
