"""The plain data that the ledger holds: what a report needs, and nothing of how it was made."""

from autoclue.records.studies import (
    Confirmation,
    ConfirmationTrial,
    Forecast,
    MemberRecord,
    StartPoint,
    StudyRecord,
    SuiteRecord,
    SuiteStudy,
    best_score_of,
)
from autoclue.records.trials import (
    Evaluation,
    LabelCounts,
    LayerRate,
    Scalar,
    Stop,
    TestScore,
    TrialRecord,
    TrialState,
    best_evaluation,
)

__all__ = [
    "Confirmation",
    "ConfirmationTrial",
    "Evaluation",
    "Forecast",
    "LabelCounts",
    "LayerRate",
    "MemberRecord",
    "Scalar",
    "StartPoint",
    "Stop",
    "StudyRecord",
    "SuiteRecord",
    "SuiteStudy",
    "TestScore",
    "TrialRecord",
    "TrialState",
    "best_evaluation",
    "best_score_of",
]
