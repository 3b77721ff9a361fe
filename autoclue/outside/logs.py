"""Write the lines of a log as everything else is shown."""

from __future__ import annotations

import logging

from autoclue.outside.secrets import hide_secrets
from autoclue.outside.text import shown


class ShownFormatter(logging.Formatter):
    """Writes lines that a terminal shows and doesn't obey, without passwords."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        return shown(hide_secrets(super().format(record)))
