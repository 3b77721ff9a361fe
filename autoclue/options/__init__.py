"""Every option once: its type, bounds, default and the sentence that explains it.

The command line's parameters, the keywords of the functions, the keys of a run file and their
checks all come from the models here. A new option is one field of a model and one key of the
keywords below it.
"""

from autoclue.options.effort import (
    ConfirmationKeywords,
    ConfirmationOptions,
    LimitKeywords,
    Limits,
    ResourceKeywords,
    ResourceOptions,
)
from autoclue.options.places import (
    DataSource,
    ExistingStudy,
    LocationKeywords,
    LocationOptions,
    MonitorKeywords,
    MonitorOptions,
    StudiesFolder,
)
from autoclue.options.shared import (
    DEFAULT_CONFIRM,
    DEFAULT_DATA,
    DEFAULT_FOLDER,
    DEFAULT_MODEL,
    DEFAULT_PROTOCOL,
    DEFAULT_SEEDS,
    DEFAULT_TRIALS,
    BuiltinSize,
    Data,
    EvalEvery,
    Folder,
    Holdout,
    KeepHead,
    MaxSteps,
    Model,
    Protocol,
    Strategy,
    Task,
)
from autoclue.options.study import (
    StudyKeywords,
    StudySpec,
)
from autoclue.options.verbs import (
    ConfirmArguments,
    ConfirmKeywords,
    ReplayArguments,
    ReplayKeywords,
    ResumeArguments,
    ResumeKeywords,
    TuneArguments,
    TuneKeywords,
    WriteArguments,
)

__all__ = [
    "DEFAULT_CONFIRM",
    "DEFAULT_DATA",
    "DEFAULT_FOLDER",
    "DEFAULT_MODEL",
    "DEFAULT_PROTOCOL",
    "DEFAULT_SEEDS",
    "DEFAULT_TRIALS",
    "BuiltinSize",
    "ConfirmArguments",
    "ConfirmKeywords",
    "ConfirmationKeywords",
    "ConfirmationOptions",
    "Data",
    "DataSource",
    "EvalEvery",
    "ExistingStudy",
    "Folder",
    "Holdout",
    "KeepHead",
    "LimitKeywords",
    "Limits",
    "LocationKeywords",
    "LocationOptions",
    "MaxSteps",
    "Model",
    "MonitorKeywords",
    "MonitorOptions",
    "Protocol",
    "ReplayArguments",
    "ReplayKeywords",
    "ResourceKeywords",
    "ResourceOptions",
    "ResumeArguments",
    "ResumeKeywords",
    "Strategy",
    "StudiesFolder",
    "StudyKeywords",
    "StudySpec",
    "Task",
    "TuneArguments",
    "TuneKeywords",
    "WriteArguments",
]
