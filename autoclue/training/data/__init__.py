"""What a process keeps of a task's text between trials, and the held-out examples."""

from autoclue.training.data.check import DataCheck, TokenFacts, check_data
from autoclue.training.data.holdout import check_holdout, split_dev
from autoclue.training.data.limits import (
    ModelLimits,
    batch_problem,
    least_features,
    model_limits,
    setting_problem,
)
from autoclue.training.data.workspace import Materials, Workspace

__all__ = [
    "DataCheck",
    "Materials",
    "ModelLimits",
    "TokenFacts",
    "Workspace",
    "batch_problem",
    "check_data",
    "check_holdout",
    "least_features",
    "model_limits",
    "setting_problem",
    "split_dev",
]
