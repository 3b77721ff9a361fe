"""What a population whose members go on from each other changes in a question."""

from __future__ import annotations

from autoclue.errors import UsageError
from autoclue.options import DEFAULT_MEMBERS, StudySpec
from autoclue.search.sampling import Course, boundary_steps, find_exchanger
from autoclue.search.spec.checks import refuse_given
from autoclue.tasks import TaskSpec
from autoclue.training import TrialConfig

NOTHING_STOPS = "none"


def exchange_options(question: StudySpec) -> dict[str, object]:
    """Return what a question becomes for its sampler, by option.

    Raises:
        UsageError: An option doesn't go with the sampler.
    """
    if find_exchanger(question.sampler) is None:
        refuse_given(
            {"--boundaries": question.boundaries},
            f"is for --sampler pbt and pb2, and the sampler is {question.sampler}; leave it out.",
        )
        return {}
    asked = question.scheduler.partition(":")[0]
    if "scheduler" in question.model_fields_set and asked != NOTHING_STOPS:
        raise UsageError(
            f"--scheduler is {question.scheduler}, but the members of --sampler "
            f"{question.sampler} are compared at its boundaries and none is stopped; leave "
            "--scheduler out, or give --scheduler none."
        )
    members = DEFAULT_MEMBERS if question.population is None else question.population
    return {"scheduler": NOTHING_STOPS, "population": members}


def course_of(
    question: StudySpec, config: TrialConfig, spec: TaskSpec, train_rows: int
) -> Course | None:
    """Lay out where a population compares; ``None`` where the sampler has none.

    Args:
        question: What is asked, after ``exchange_options``.
        config: A member's settings.
        spec: The task.
        train_rows: Rows of the training set.

    Raises:
        UsageError: There are too few evaluations, or a boundary lies between two of them.
    """
    exchanger = find_exchanger(question.sampler)
    if exchanger is None or question.population is None:
        return None
    if spec.kind != "classification" and (
        config.max_steps is None or config.eval_every_epochs is not None
    ):
        raise UsageError(
            f"Rows of {spec.name} may make several features each, so that the steps of an epoch "
            f"aren't known before they are read; give --max-steps and --eval-every in steps with "
            f"--sampler {question.sampler}."
        )
    timetable = config.timetable(train_rows)
    steps = boundary_steps(
        question.boundary_shares,
        evaluation_steps=timetable.evaluation_steps,
        total_steps=timetable.total_steps,
        warmup_proportion=config.warmup_proportion,
    )
    return Course(question.population, steps, timetable.total_steps, control=exchanger.control)
