"""What runs trials: devices, worker processes and the files on disk."""

from autoclue.search.execution.resources import GPU_FOLDER, Resources, choose_resources, count_gpus
from autoclue.search.execution.trial_files import (
    Tidy,
    drop_files,
    find_kept_model,
    keep_best_model,
)

__all__ = [
    "GPU_FOLDER",
    "Resources",
    "Tidy",
    "choose_resources",
    "count_gpus",
    "drop_files",
    "find_kept_model",
    "keep_best_model",
]
