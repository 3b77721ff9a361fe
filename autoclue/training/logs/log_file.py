"""The file of a training log; one that can't be written ends the training with a reason."""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path

from autoclue.errors import FolderError

LOG_FILE = "train.log"


class _LogFile(logging.FileHandler):
    """Raises what can't be written; ``logging`` would print a traceback and go on without."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Raise the error at hand.

        Raises:
            FolderError: The line can't be written.
        """
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            raise FolderError.writing(
                "The training log", Path(self.baseFilename).parent, error
            ) from error
        super().handleError(record)

    def close(self) -> None:
        """Close the file; a rest that can't be written has been complained of before."""
        with contextlib.suppress(OSError):
            super().close()


def open_log_file(folder: Path, *, append: bool) -> logging.Handler:
    """Open ``train.log`` in a trial's folder, which is made when it is missing.

    Args:
        folder: The trial's folder.
        append: Whether a log that is there is kept.

    Raises:
        FolderError: It can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(folder / LOG_FILE, mode="a" if append else "w", encoding="utf-8")
    except OSError as error:
        raise FolderError.writing("The training log", folder, error) from error
    handler.setFormatter(logging.Formatter("[%(asctime)s] %(message)s"))
    return handler
