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
from autoclue.api.forecasts import Planned, estimate_runs, plan_grid, plan_search
from autoclue.api.reproduction import Reproduced, reproduce, reproducing
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
from autoclue.api.suites import (
    extract,
    extracted,
    grid,
    import_logs,
    read_logs,
    report_suite,
    run_grid,
    suite_written,
)
from autoclue.api.whole_suites import run_whole_suite, suite

__all__ = [
    "RUNS",
    "Planned",
    "Reproduced",
    "confirm",
    "confirmation",
    "estimate_runs",
    "evaluate",
    "evaluating",
    "extract",
    "extracted",
    "grid",
    "import_logs",
    "load",
    "plan_grid",
    "plan_search",
    "predict",
    "predicting",
    "read_logs",
    "replay",
    "report",
    "report_suite",
    "reproduce",
    "reproducing",
    "resume",
    "run_grid",
    "run_whole_suite",
    "search",
    "submit",
    "submitting",
    "suite",
    "suite_written",
    "train",
    "training",
    "tune",
    "write_data",
]
