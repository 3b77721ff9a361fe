"""Features of the text, what a process keeps of them, and the held-out rows."""

from autoclue.training.data.features import Features, make_features
from autoclue.training.data.holdout import check_holdout, split_dev
from autoclue.training.data.workspace import Materials, Workspace, make_encode

__all__ = [
    "Features",
    "Materials",
    "Workspace",
    "check_holdout",
    "make_encode",
    "make_features",
    "split_dev",
]
