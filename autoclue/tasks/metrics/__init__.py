"""How predictions are scored: metrics by the name that a task file gives them."""

from autoclue.tasks.metrics.metric import Metric
from autoclue.tasks.metrics.registry import METRICS, find_metric

__all__ = [
    "METRICS",
    "Metric",
    "find_metric",
]
