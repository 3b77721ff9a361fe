"""The ``autoclue`` command: one file per verb, each a thin layer over ``autoclue.api``."""

from autoclue.cli.app import main

__all__ = ["main"]
