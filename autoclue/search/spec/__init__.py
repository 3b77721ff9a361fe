"""The question of a study, the plan made of it, and its metadata."""

from autoclue.search.spec.brought import Brought
from autoclue.search.spec.checks import outermost
from autoclue.search.spec.differences import SINCE, differences
from autoclue.search.spec.limits import check_limits
from autoclue.search.spec.metadata import (
    question_of,
    study_attributes,
    with_new_space,
)
from autoclue.search.spec.plan import Plan, make_plan, with_model

__all__ = [
    "SINCE",
    "Brought",
    "Plan",
    "check_limits",
    "differences",
    "make_plan",
    "outermost",
    "question_of",
    "study_attributes",
    "with_model",
    "with_new_space",
]
