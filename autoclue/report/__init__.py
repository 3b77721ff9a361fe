"""The report: tables, figures and one page, computed from a study's record alone.

Nothing here needs Paddle or Ray, and Plotly is imported only when a figure is drawn.
"""

from autoclue.report.frame import trials_frame
from autoclue.report.page import render_page
from autoclue.report.results import results_mapping
from autoclue.report.sections import SECTIONS, Section
from autoclue.report.summary import SummaryInfo, summary_info
from autoclue.report.verdict import verdict
from autoclue.report.write import ReportFiles, write_report

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
