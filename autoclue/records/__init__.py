"""The plain data that the ledger holds: what a report needs, and nothing of how it was made."""

from autoclue.records.lineage import (
    CONTROL,
    MAIN,
    Boundary,
    Fate,
    Segment,
    StateRef,
    StoredState,
    ValueChange,
)
from autoclue.records.studies import (
    Confirmation,
    ConfirmationTrial,
    Evaluation,
    LayerRate,
    Scalar,
    Stop,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
    best_evaluation,
    best_score_of,
)
from autoclue.records.suites import SuiteRecord, SuiteStudy

__all__ = [
    "CONTROL",
    "MAIN",
    "Boundary",
    "Confirmation",
    "ConfirmationTrial",
    "Evaluation",
    "Fate",
    "LayerRate",
    "Scalar",
    "Segment",
    "StateRef",
    "Stop",
    "StoredState",
    "StudyRecord",
    "SuiteRecord",
    "SuiteStudy",
    "TestScore",
    "TrialRecord",
    "TrialState",
    "ValueChange",
    "best_evaluation",
    "best_score_of",
]
