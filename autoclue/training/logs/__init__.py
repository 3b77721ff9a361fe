"""The lines of a training log, and its file."""

from autoclue.training.logs.log_file import LOG_FILE, open_log_file
from autoclue.training.logs.pulse import (
    Pulse,
    StepProgress,
    forget_progress,
    progress_writer,
    read_progress,
)

__all__ = [
    "LOG_FILE",
    "Pulse",
    "StepProgress",
    "forget_progress",
    "open_log_file",
    "progress_writer",
    "read_progress",
]
