"""The report: tables, figures and one page, computed from a study's record alone.

Nothing here needs Paddle or Ray, and Plotly is imported only when a figure is drawn.
"""

from autoclue.reporting.across import (
    StudyLine,
    comparison_cells,
    comparison_sentences,
    study_line,
    write_table,
)
from autoclue.reporting.conclusions import closing_sentences, verdict
from autoclue.reporting.dashboard import serve_dashboard
from autoclue.reporting.export import (
    ListedTrial,
    ReportFiles,
    report_files,
    results_mapping,
    trial_lines,
    trials_frame,
    write_pictures,
    write_report,
)
from autoclue.reporting.page import render_page
from autoclue.reporting.sections import SECTIONS, Section, SummaryInfo, summary_info
from autoclue.reporting.statistics import at_chance
from autoclue.reporting.suite import (
    BestResult,
    Reproduction,
    ReproductionVerdict,
    best_results,
    mean_percent,
    render_suite_page,
    result_rows,
    suite_mapping,
    suite_verdicts,
    summary_text,
    write_suite_report,
)
from autoclue.reporting.wording import (
    MetricScale,
    duration,
    scale_of,
    settings_text,
    training_command,
)

__all__ = [
    "SECTIONS",
    "BestResult",
    "ListedTrial",
    "MetricScale",
    "ReportFiles",
    "Reproduction",
    "ReproductionVerdict",
    "Section",
    "StudyLine",
    "SummaryInfo",
    "at_chance",
    "best_results",
    "closing_sentences",
    "comparison_cells",
    "comparison_sentences",
    "duration",
    "mean_percent",
    "render_page",
    "render_suite_page",
    "report_files",
    "result_rows",
    "results_mapping",
    "scale_of",
    "serve_dashboard",
    "settings_text",
    "study_line",
    "suite_mapping",
    "suite_verdicts",
    "summary_info",
    "summary_text",
    "training_command",
    "trial_lines",
    "trials_frame",
    "verdict",
    "write_pictures",
    "write_report",
    "write_suite_report",
    "write_table",
]
