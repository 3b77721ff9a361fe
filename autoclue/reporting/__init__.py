"""The report: tables, figures and one page, computed from a study's record alone.

Nothing here needs Paddle or Ray, and Plotly is imported only when a figure is drawn.
"""

from autoclue.reporting.conclusions import closing_sentences, verdict
from autoclue.reporting.export import ReportFiles, results_mapping, trials_frame, write_report
from autoclue.reporting.page import render_page
from autoclue.reporting.sections import SECTIONS, Section, SummaryInfo, summary_info
from autoclue.reporting.statistics import at_chance
from autoclue.reporting.suite import (
    BestResult,
    best_results,
    mean_percent,
    result_rows,
    summary_text,
)

__all__ = [
    "SECTIONS",
    "BestResult",
    "ReportFiles",
    "Section",
    "SummaryInfo",
    "at_chance",
    "best_results",
    "closing_sentences",
    "mean_percent",
    "render_page",
    "result_rows",
    "results_mapping",
    "summary_info",
    "summary_text",
    "trials_frame",
    "verdict",
    "write_report",
]
