"""One study: run it, find it again, confirm it, score its winner."""

from autoclue.search.study.artifact_store import expected_away, new_store, same_store
from autoclue.search.study.confirmation_run import (
    ConfirmationRun,
    confirm_after,
    start_confirmation,
)
from autoclue.search.study.location import (
    Place,
    check_followed,
    find_study,
    is_known,
    load_study,
    make_study_folder,
    place_of,
    study_names,
    with_confirmation,
    write_pointer,
)
from autoclue.search.study.removal import remove_study, size_of_study
from autoclue.search.study.run import StudyRun, expected_of, reach_model
from autoclue.search.study.start import resume_study, same_question, start_study

__all__ = [
    "ConfirmationRun",
    "Place",
    "StudyRun",
    "check_followed",
    "confirm_after",
    "expected_away",
    "expected_of",
    "find_study",
    "is_known",
    "load_study",
    "make_study_folder",
    "new_store",
    "place_of",
    "reach_model",
    "remove_study",
    "resume_study",
    "same_question",
    "same_store",
    "size_of_study",
    "start_confirmation",
    "start_study",
    "study_names",
    "with_confirmation",
    "write_pointer",
]
