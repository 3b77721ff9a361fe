"""What a notebook calls, and the command line too."""

from autoclue.api.existing import load, replay, report
from autoclue.api.studies import (
    RUNS,
    confirm,
    confirmation,
    resume,
    search,
    train,
    training,
    tune,
    write_data,
)

__all__ = [
    "RUNS",
    "confirm",
    "confirmation",
    "load",
    "replay",
    "report",
    "resume",
    "search",
    "train",
    "training",
    "tune",
    "write_data",
]
