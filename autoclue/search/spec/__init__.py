"""The question of a study, the plan made of it, and its metadata."""

from autoclue.search.spec.metadata import (
    question_of,
    study_attributes,
    versions,
    with_new_space,
)
from autoclue.search.spec.plan import Plan, make_plan
from autoclue.search.spec.study_spec import Question, differences

__all__ = [
    "Plan",
    "Question",
    "differences",
    "make_plan",
    "question_of",
    "study_attributes",
    "versions",
    "with_new_space",
]
