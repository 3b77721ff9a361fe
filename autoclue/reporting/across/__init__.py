"""Several studies side by side, and which of them can't be told apart."""

from autoclue.reporting.across.sentences import comparison_sentences
from autoclue.reporting.across.study_line import StudyLine, study_line
from autoclue.reporting.across.tables import FORMS, comparison_cells, write_table

__all__ = [
    "FORMS",
    "StudyLine",
    "comparison_cells",
    "comparison_sentences",
    "study_line",
    "write_table",
]
