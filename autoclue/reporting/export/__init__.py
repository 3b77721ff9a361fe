"""What leaves the report: files, a table, plain mappings."""

from autoclue.reporting.export.frame import trials_frame
from autoclue.reporting.export.results import results_mapping
from autoclue.reporting.export.write import ReportFiles, write_report

__all__ = [
    "ReportFiles",
    "results_mapping",
    "trials_frame",
    "write_report",
]
