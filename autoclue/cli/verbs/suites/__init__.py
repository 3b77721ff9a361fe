"""The verbs about several studies at once, one file each."""

from autoclue.cli.verbs.suites.extract import extract_command
from autoclue.cli.verbs.suites.grid import grid_command

__all__ = ["extract_command", "grid_command"]
