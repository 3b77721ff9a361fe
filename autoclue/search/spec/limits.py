"""How far a study may be told to go, by the kind of its sampler."""

from __future__ import annotations

from autoclue.errors import UsageError
from autoclue.options import Limits, StudySpec
from autoclue.search.sampling import Course, find_population
from autoclue.search.spec.checks import refuse_given


def check_limits(limits: Limits, question: StudySpec, course: Course | None) -> None:
    """Refuse numbers of trials where a population gives them, and of rounds where none has any.

    Args:
        limits: What a run is told.
        question: What is asked, with the options of its sampler settled.
        course: Where members are compared that go on from each other; ``None`` where none do.

    Raises:
        UsageError: With what to give instead.
    """
    if find_population(question.sampler) is not None:
        if limits.trials is not None:
            raise UsageError(
                f"The sampler {question.sampler} asks whole rounds of {question.population} "
                "trials after the baseline; give --rounds instead of --trials."
            )
        return
    refuse_given(
        {"--rounds": limits.rounds},
        f"is for samplers that propose whole rounds, and the sampler is {question.sampler}; "
        "leave it out, or take --sampler hazero or pshe2.",
    )
    if course is not None:
        _check_course(limits, question.sampler, course)


def _check_course(limits: Limits, sampler: str, course: Course) -> None:
    if limits.extend is not None:
        raise UsageError(
            f"--extend can't add to --sampler {sampler}: its members end with their schedule. "
            "Begin another study with --study, or a longer one with --max-steps."
        )
    if limits.trials not in (None, course.trials):
        raise UsageError(
            f"--trials is {limits.trials}, but {course.members} members with "
            f"{len(course.steps)} boundaries make {course.trials} trials with the baseline; leave "
            "--trials out, and choose --population or --boundaries."
        )
