"""Statistics that several sections share."""

from autoclue.reporting.statistics.chance import at_chance
from autoclue.reporting.statistics.importance import Column, Importance, estimate_importance
from autoclue.reporting.statistics.paired import (
    MIN_SEEDS,
    PairedDifference,
    Spread,
    paired_difference,
    spread,
    t_quantile,
)
from autoclue.reporting.statistics.sampling_error import (
    STANDARD_ERRORS,
    distinguishable,
    error_of_difference,
    score_interval,
    standard_error,
)
from autoclue.reporting.statistics.trials import (
    counts,
    dev_examples,
    in_order_of_end,
    own_seconds,
    own_steps,
    role,
    schedule_steps,
    score_at,
    searched,
    searched_values,
    setting,
    settings,
    settings_line,
    steps_done,
)

__all__ = [
    "MIN_SEEDS",
    "STANDARD_ERRORS",
    "Column",
    "Importance",
    "PairedDifference",
    "Spread",
    "at_chance",
    "counts",
    "dev_examples",
    "distinguishable",
    "error_of_difference",
    "estimate_importance",
    "in_order_of_end",
    "own_seconds",
    "own_steps",
    "paired_difference",
    "role",
    "schedule_steps",
    "score_at",
    "score_interval",
    "searched",
    "searched_values",
    "setting",
    "settings",
    "settings_line",
    "spread",
    "standard_error",
    "steps_done",
    "t_quantile",
]
