"""What a process keeps of a task's text between trials, and the held-out examples."""

from autoclue.training.data.check import DataCheck, TokenFacts, check_data
from autoclue.training.data.holdout import check_holdout, split_dev
from autoclue.training.data.workspace import Materials, Workspace

__all__ = [
    "DataCheck",
    "Materials",
    "TokenFacts",
    "Workspace",
    "check_data",
    "check_holdout",
    "split_dev",
]
