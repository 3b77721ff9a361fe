"""What is done with studies that are there: show one or several, delete one."""

from autoclue.cli.verbs.studies.compare import compare_command
from autoclue.cli.verbs.studies.dashboard import dashboard_command
from autoclue.cli.verbs.studies.rm import rm_command
from autoclue.cli.verbs.studies.show import show_command

__all__ = ["compare_command", "dashboard_command", "rm_command", "show_command"]
