"""What a suite has found: each task's best result, as text, rows and a page."""

from autoclue.reporting.suite.best import BestResult, best_results, mean_percent
from autoclue.reporting.suite.reproduction import Reproduction, ReproductionVerdict
from autoclue.reporting.suite.summary import result_rows, summary_text

__all__ = [
    "BestResult",
    "Reproduction",
    "ReproductionVerdict",
    "best_results",
    "mean_percent",
    "result_rows",
    "summary_text",
]
