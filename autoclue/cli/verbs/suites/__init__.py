"""The verbs about several studies at once, one file each."""

from autoclue.cli.verbs.suites.extract import extract_command
from autoclue.cli.verbs.suites.grid import grid_command
from autoclue.cli.verbs.suites.import_logs import import_logs_command
from autoclue.cli.verbs.suites.suite import suite_command

__all__ = ["extract_command", "grid_command", "import_logs_command", "suite_command"]
