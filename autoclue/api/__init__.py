"""What a notebook calls, and the command line too."""

from autoclue.api.after_training import (
    evaluate,
    evaluating,
    predict,
    predicting,
    submit,
    submitting,
)
from autoclue.api.studies import (
    RUNS,
    confirm,
    confirmation,
    replay,
    report,
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
    "evaluate",
    "evaluating",
    "predict",
    "predicting",
    "replay",
    "report",
    "resume",
    "search",
    "submit",
    "submitting",
    "train",
    "training",
    "tune",
    "write_data",
]
