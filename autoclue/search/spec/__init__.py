"""The question of a study, the plan made of it, and its metadata."""

from autoclue.search.spec.differences import differences
from autoclue.search.spec.metadata import (
    facts_of,
    question_facts,
    question_of,
    space_version,
    versions,
)
from autoclue.search.spec.plan import Plan, make_plan

__all__ = [
    "Plan",
    "differences",
    "facts_of",
    "make_plan",
    "question_facts",
    "question_of",
    "space_version",
    "versions",
]
