"""The sections of the report, each a pair of numbers and figure."""

from autoclue.reporting.sections.by_label import by_label_info
from autoclue.reporting.sections.confirmation import ConfirmationInfo, ConfirmationRow
from autoclue.reporting.sections.holdout import selection_bias_words
from autoclue.reporting.sections.importance import importance_info
from autoclue.reporting.sections.populations import PopulationInfo, chosen_words
from autoclue.reporting.sections.registry import SECTIONS, Info, Section
from autoclue.reporting.sections.summary import Contender, SummaryInfo, summary_info
from autoclue.reporting.sections.test_scores import scores_on_test_words

__all__ = [
    "SECTIONS",
    "ConfirmationInfo",
    "ConfirmationRow",
    "Contender",
    "Info",
    "PopulationInfo",
    "Section",
    "SummaryInfo",
    "by_label_info",
    "chosen_words",
    "importance_info",
    "scores_on_test_words",
    "selection_bias_words",
    "summary_info",
]
