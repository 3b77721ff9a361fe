"""What leaves the report: files, a table, plain mappings."""

from autoclue.reporting.export.frame import trials_frame
from autoclue.reporting.export.listing import ListedTrial, trial_lines
from autoclue.reporting.export.pictures import write_pictures
from autoclue.reporting.export.results import plain, results_mapping
from autoclue.reporting.export.write import ReportFiles, put_report, report_files, write_report

__all__ = [
    "ListedTrial",
    "ReportFiles",
    "plain",
    "put_report",
    "report_files",
    "results_mapping",
    "trial_lines",
    "trials_frame",
    "write_pictures",
    "write_report",
]
