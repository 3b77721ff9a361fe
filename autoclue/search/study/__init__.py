"""One study: run it, find it again, confirm it, score its winner."""

from autoclue.search.store import Extent
from autoclue.search.study.confirmation import check_confirm, extent_of, note_extent
from autoclue.search.study.confirmation_run import (
    DrivenConfirmation,
    drive_confirmation,
    run_confirmation,
)
from autoclue.search.study.location import (
    Place,
    find_study,
    load_study,
    open_ledger,
    place_of,
    study_names,
    with_confirmation,
)
from autoclue.search.study.run import (
    DrivenStudy,
    check_limits,
    drive_study,
    run_study,
    same_question,
)

__all__ = [
    "DrivenConfirmation",
    "DrivenStudy",
    "Extent",
    "Place",
    "check_confirm",
    "check_limits",
    "drive_confirmation",
    "drive_study",
    "extent_of",
    "find_study",
    "load_study",
    "note_extent",
    "open_ledger",
    "place_of",
    "run_confirmation",
    "run_study",
    "same_question",
    "study_names",
    "with_confirmation",
]
