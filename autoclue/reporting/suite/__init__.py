"""What a suite has found: each task's best result, as text, rows and a page."""

from autoclue.reporting.suite.best import BestResult, best_results, mean_percent
from autoclue.reporting.suite.conclusions import suite_caveats, suite_verdicts
from autoclue.reporting.suite.heat_map import HeatMap, make_heat_map
from autoclue.reporting.suite.page import render_suite_page, suite_mapping, write_suite_report
from autoclue.reporting.suite.reproduction import Reproduction, ReproductionVerdict
from autoclue.reporting.suite.summary import result_rows, summary_text

__all__ = [
    "BestResult",
    "HeatMap",
    "Reproduction",
    "ReproductionVerdict",
    "best_results",
    "make_heat_map",
    "mean_percent",
    "render_suite_page",
    "result_rows",
    "suite_caveats",
    "suite_mapping",
    "suite_verdicts",
    "summary_text",
    "write_suite_report",
]
