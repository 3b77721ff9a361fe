"""What a task is: its file, its rows, its metric, and where its data comes from."""

from autoclue.tasks.builtin import builtin_characters
from autoclue.tasks.metrics import METRICS, Metric, accuracy, find_metric
from autoclue.tasks.reader import Example, read_split
from autoclue.tasks.registry import load_task, task_names
from autoclue.tasks.sources import TaskData, open_data
from autoclue.tasks.spec import TaskSpec
from autoclue.tasks.spec_parts import Download, Recipe

__all__ = [
    "METRICS",
    "Download",
    "Example",
    "Metric",
    "Recipe",
    "TaskData",
    "TaskSpec",
    "accuracy",
    "builtin_characters",
    "find_metric",
    "load_task",
    "open_data",
    "read_split",
    "task_names",
]
