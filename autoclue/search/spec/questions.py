"""A question in one spelling, whatever way it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.layers.registry import split_strategy
from autoclue.models import ModelSource
from autoclue.options import StudySpec
from autoclue.records import Scalar
from autoclue.search.sampling import SAMPLERS
from autoclue.search.spec.brought import Brought
from autoclue.search.spec.courses import exchange_options
from autoclue.search.spec.evaluators import evaluator_options
from autoclue.search.spec.populations import population_options
from autoclue.search.stopping import SCHEDULERS
from autoclue.tasks import TaskSpec, names_a_folder, normal_data


def normal_question(question: StudySpec) -> StudySpec:
    """Write choices in one way; values given with a strategy are settings like any others.

    Raises:
        UsageError: A setting is given twice, or a choice is unknown.
    """
    strategy, given = split_strategy(question.strategy)
    twice = sorted(set(given) & set(question.settings))
    if twice:
        raise UsageError(f"{', '.join(twice)} is given with the strategy and again as a setting.")
    return question.model_copy(
        update={
            "strategy": strategy,
            "settings": {**given, **question.settings},
            "sampler": SAMPLERS.normal(question.sampler),
            "scheduler": SCHEDULERS.normal(question.scheduler),
            **population_options(question),
            **evaluator_options(question),
            **exchange_options(question),
        }
    )


def resolved_question(
    question: StudySpec,
    spec: TaskSpec,
    model: ModelSource,
    baseline: Mapping[str, Scalar],
    brought: Brought,
) -> StudySpec:
    """Name files by absolute paths, because workers run in folders of their own.

    What was brought here keeps the name that it has where it was asked.
    """
    task, data, path = question.task, normal_data(question.data), question.model
    if brought.data is None:
        task = spec.name if spec.source is None else str(Path(spec.source).resolve())
    if brought.data is None and names_a_folder(data):
        data = str(Path(data).expanduser().resolve())
    if brought.model is None:
        path = model.name if model.path is None else str(model.path.resolve())
    space = question.space
    if space is not None and Path(space).expanduser().is_file():
        space = str(Path(space).expanduser().resolve())
    return question.model_copy(
        update={"task": task, "data": data, "model": path, "space": space, "baseline": baseline}
    )
