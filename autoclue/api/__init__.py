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
from autoclue.api.reproduction import Reproduced, reproduce
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
from autoclue.api.suites import extract, plan_grid, read_logs, run_grid

__all__ = [
    "RUNS",
    "Reproduced",
    "confirm",
    "confirmation",
    "evaluate",
    "evaluating",
    "extract",
    "load",
    "plan_grid",
    "predict",
    "predicting",
    "read_logs",
    "replay",
    "report",
    "reproduce",
    "resume",
    "run_grid",
    "search",
    "submit",
    "submitting",
    "train",
    "training",
    "tune",
    "write_data",
]
