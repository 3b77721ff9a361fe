"""What the ledger writes about a study itself, and the question that is read back from it."""

from __future__ import annotations

from collections.abc import Sequence

from autoclue.options import StudySpec
from autoclue.records import StartPoint
from autoclue.search.spec.plan import Plan
from autoclue.search.store import SpaceVersion, StudyAttributes
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training.platform import versions


def study_attributes(
    plan: Plan,
    *,
    command: Sequence[str] | None,
    starts: Sequence[StartPoint] = (),
    started: str | None = None,
) -> StudyAttributes:
    """Return everything the ledger writes about a study when it is made.

    Args:
        plan: What is asked.
        command: The command line, for the report.
        starts: What is tried after the baseline.
        started: The same in words.
    """
    resolved = _resolved(plan, command)
    attributes = StudyAttributes(
        question=plan.question.model_dump(mode="json"),
        resolved=resolved if started is None else {**resolved, "started_with": started},
        metric=plan.spec.metric,
        synthetic=plan.data.synthetic,
        spaces=(space_version(plan, since_trial=0),),
        rungs=plan.scheduler.rungs,
        chance_score=plan.chance_score,
        versions=versions(),
    )
    if not starts:  # what isn't set isn't written
        return attributes
    return attributes.model_copy(update={"starts": tuple(starts)})


def with_new_space(
    before: StudyAttributes, plan: Plan, *, command: Sequence[str] | None, since_trial: int
) -> StudyAttributes:
    """Return what the ledger writes when a study goes on with another space.

    Args:
        before: What it holds about the study.
        plan: The study as it goes on.
        command: The command line, for the report.
        since_trial: Number of the first trial that is asked in the new space.
    """
    return StudyAttributes(
        question=plan.question.model_dump(mode="json"),
        resolved=_resolved(plan, command),
        spaces=(*before.spaces, space_version(plan, since_trial=since_trial)),
    )


def _resolved(plan: Plan, command: Sequence[str] | None) -> dict[str, object]:
    """Return the study's settings as far as its question doesn't say the same."""
    asked = plan.question.model_dump(mode="json")
    found = {n: v for n, v in plan.settings.items() if n not in asked or asked[n] != v}
    if plan.data_notes:
        found["data_check"] = list(plan.data_notes)
    return found if command is None else {**found, "command": list(command)}


def space_version(plan: Plan, *, since_trial: int) -> SpaceVersion:
    """Describe a space for the list of those that a study has had."""
    return SpaceVersion(since_trial, plan.space.fingerprint(), plan.space.to_mapping())


def question_of(attributes: StudyAttributes) -> tuple[StudySpec, SearchSpace]:
    """Read back what a study asks, and its space as it stands.

    Args:
        attributes: What the ledger holds about the study itself.

    Raises:
        UsageError: The space means nothing to this autoclue.
    """
    question = StudySpec.model_validate(attributes.question)
    return question, space_from_mapping(attributes.space, origin="the study's ledger")
