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
        evaluate,
        extract,
        grid,
        import_logs,
        load,
        predict,
        replay,
        report,
        report_suite,
        reproduce,
        resume,
        submit,
        suite,
        train,
        tune,
        write_data,
    )
    from autoclue.errors import AutoclueError, UsageError
    from autoclue.results import (
        EvaluateResult,
        PredictResult,
        StudyResult,
        SubmitResult,
        SuiteResult,
        TrainResult,
    )

__all__ = [
    "AutoclueError",
    "EvaluateResult",
    "PredictResult",
    "StudyResult",
    "SubmitResult",
    "SuiteResult",
    "TrainResult",
    "UsageError",
    "__version__",
    "confirm",
    "evaluate",
    "extract",
    "grid",
    "import_logs",
    "load",
    "predict",
    "replay",
    "report",
    "report_suite",
    "reproduce",
    "resume",
    "submit",
    "suite",
    "train",
    "tune",
    "write_data",
]

_HOMES = {
    "AutoclueError": "autoclue.errors",
    "UsageError": "autoclue.errors",
    "EvaluateResult": "autoclue.results",
    "PredictResult": "autoclue.results",
    "StudyResult": "autoclue.results",
    "SubmitResult": "autoclue.results",
    "SuiteResult": "autoclue.results",
    "TrainResult": "autoclue.results",
    "confirm": "autoclue.api",
    "evaluate": "autoclue.api",
    "extract": "autoclue.api",
    "grid": "autoclue.api",
    "import_logs": "autoclue.api",
    "load": "autoclue.api",
    "predict": "autoclue.api",
    "replay": "autoclue.api",
    "report": "autoclue.api",
    "report_suite": "autoclue.api",
    "reproduce": "autoclue.api",
    "resume": "autoclue.api",
    "submit": "autoclue.api",
    "suite": "autoclue.api",
    "train": "autoclue.api",
    "tune": "autoclue.api",
    "write_data": "autoclue.api",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that importing autoclue costs nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'autoclue' has no attribute {name!r}")
