"""What a notebook calls, and the command line too."""

from autoclue.api.after_training import (
    evaluate,
    evaluating,
    predict,
    predicting,
    submit,
    submitting,
)
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
    "evaluate",
    "evaluating",
    "load",
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
