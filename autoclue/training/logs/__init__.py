"""The lines of a training log, and its file."""

from autoclue.training.logs.log_file import LOG_FILE, open_log_file

__all__ = [
    "LOG_FILE",
    "open_log_file",
]
