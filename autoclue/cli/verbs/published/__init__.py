"""What the command line says of published figures."""

from autoclue.cli.verbs.published.reproduce import reproduce_command
from autoclue.cli.verbs.published.scores import list_scores, list_speeds

__all__ = ["list_scores", "list_speeds", "reproduce_command"]
