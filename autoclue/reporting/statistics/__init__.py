"""Statistics that several sections share."""

from autoclue.intervals import wilson_interval
from autoclue.reporting.statistics.paired import (
    PairedDifference,
    Spread,
    paired_difference,
    spread,
)
from autoclue.reporting.statistics.sampling_error import (
    STANDARD_ERRORS,
    clear,
    standard_error,
)
from autoclue.reporting.statistics.trials import (
    best,
    best_score,
    counts,
    dev_examples,
    in_order_of_end,
    one_line,
    role,
    schedule_steps,
    score_at,
    searched,
    setting,
    settings,
    steps_done,
    usable,
)

__all__ = [
    "STANDARD_ERRORS",
    "PairedDifference",
    "Spread",
    "best",
    "best_score",
    "clear",
    "counts",
    "dev_examples",
    "in_order_of_end",
    "one_line",
    "paired_difference",
    "role",
    "schedule_steps",
    "score_at",
    "searched",
    "setting",
    "settings",
    "spread",
    "standard_error",
    "steps_done",
    "usable",
    "wilson_interval",
]
