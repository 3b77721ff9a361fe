"""What a sampler that proposes whole rounds changes in a question: its options and its start."""

from __future__ import annotations

from collections.abc import Mapping

from autoclue.errors import UsageError
from autoclue.options import DEFAULT_POPULATION, FULL_TRAIL, StudySpec
from autoclue.records import Scalar
from autoclue.search.sampling import find_exchanger, find_population, middle_of, start_value
from autoclue.search.spec.checks import refuse_given
from autoclue.space import Fixed, SearchSpace

NO_SCHEDULER = "none"
INITIAL = "the initial values of the search space"
"""What the baseline is called where the space gives it."""


def population_options(question: StudySpec) -> dict[str, object]:
    """Return what a question becomes for its sampler, by option; see ``StudySpec``.

    Raises:
        UsageError: An option doesn't go with the sampler.
    """
    if find_population(question.sampler) is None:
        exchanges = find_exchanger(question.sampler) is not None
        population = None if exchanges else question.population
        refuse_given(
            {"--population": population, "--evaluator": question.evaluator},
            f"is for samplers that propose whole rounds, and --sampler is {question.sampler}; "
            "leave it out, or take --sampler hazero or pshe2.",
        )
        return {}
    stopping = question.scheduler.partition(":")[0] != NO_SCHEDULER
    if stopping and "scheduler" in question.model_fields_set:
        raise UsageError(
            f"--scheduler is {question.scheduler}, but the sampler {question.sampler} compares "
            "the whole trainings of a round and can't judge one that was stopped; leave "
            "--scheduler out, or give --scheduler none."
        )
    return {
        "scheduler": NO_SCHEDULER,
        "population": question.population or DEFAULT_POPULATION,
        "evaluator": question.evaluator or FULL_TRAIL,
    }


def initial_params(space: SearchSpace, known: Mapping[str, Scalar]) -> dict[str, Scalar] | None:
    """Return the values that a space itself begins with, completed.

    Args:
        space: What is searched.
        known: The default's values, for parameters that have none of their own.

    Returns:
        A value for each active parameter, the middle one where nothing is known; ``None`` where
        the space has no initial value.
    """
    if all(getattr(each, "init", None) is None for each in space.parameters.values()):
        return None
    found: dict[str, Scalar] = {}
    for name, each in space.parameters.items():
        if not space.active(found, name):
            continue
        if isinstance(each, Fixed):
            found[name] = each.value
        else:
            value = start_value(each, known.get(name))
            found[name] = middle_of(each) if value is None else value
    return found
