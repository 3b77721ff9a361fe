"""The report: tables, figures and one page, computed from a study's record alone.

Nothing here needs Paddle or Ray, and Plotly is imported only when a figure is drawn.
"""

from autoclue.reporting.frame import trials_frame
from autoclue.reporting.page import render_page
from autoclue.reporting.results import results_mapping
from autoclue.reporting.sections import SECTIONS, Section
from autoclue.reporting.summary import SummaryInfo, summary_info
from autoclue.reporting.verdict import verdict
from autoclue.reporting.write import ReportFiles, write_report

__all__ = [
    "SECTIONS",
    "ReportFiles",
    "Section",
    "SummaryInfo",
    "render_page",
    "results_mapping",
    "summary_info",
    "trials_frame",
    "verdict",
    "write_report",
]
