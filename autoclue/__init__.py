"""autoclue: fine-tune Chinese pretrained models on CLUE with layer-wise, searched learning rates.

>>> import autoclue
>>> callable(autoclue.tune)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from autoclue.api import (
        confirm,
        load,
        replay,
        report,
        resume,
        train,
        tune,
        write_data,
    )
    from autoclue.errors import AutoclueError, UsageError
    from autoclue.results import StudyResult, TrainResult

__all__ = [
    "AutoclueError",
    "StudyResult",
    "TrainResult",
    "UsageError",
    "__version__",
    "confirm",
    "load",
    "replay",
    "report",
    "resume",
    "train",
    "tune",
    "write_data",
]

_HOMES = {
    "AutoclueError": "autoclue.errors",
    "UsageError": "autoclue.errors",
    "StudyResult": "autoclue.results",
    "TrainResult": "autoclue.results",
    "confirm": "autoclue.api",
    "load": "autoclue.api",
    "replay": "autoclue.api",
    "report": "autoclue.api",
    "resume": "autoclue.api",
    "train": "autoclue.api",
    "tune": "autoclue.api",
    "write_data": "autoclue.api",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that importing autoclue costs nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'autoclue' has no attribute {name!r}")
