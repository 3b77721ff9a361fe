"""What the terminal shows: the live table and the messages around it."""

from autoclue.cli.screen.messages import close_study, close_training, watch

__all__ = ["close_study", "close_training", "watch"]
