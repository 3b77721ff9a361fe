"""The ``autoclue`` command: one file per verb, each a thin layer over ``autoclue.api``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code, see ``app``."""
    try:
        from autoclue.cli.app import run_command_line
    except KeyboardInterrupt:  # before the answer to Ctrl-C was there
        sys.exit(130)
    run_command_line(arguments)
