"""Refuse a space in which nothing can work, and say what of it can't, or has no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autoclue.errors import UsageError
from autoclue.options import StudySpec
from autoclue.records import Scalar
from autoclue.space import FloatRange, IntRange, Parameter, SearchSpace
from autoclue.training import TrialConfig
from autoclue.training.data import ModelLimits, batch_problem, setting_problem

BATCH = "batch_size"
VOID_BY_STEPS = ("epochs",)
"""Settings that have no effect where the number of steps is given."""


def refuse_given(options: Mapping[str, object], words: str) -> None:
    """Refuse options that don't go with what else is asked.

    Args:
        options: By flag, their values; ``None`` for one that isn't given.
        words: The rest of the sentence behind the flag.

    Raises:
        UsageError: One is given.
    """
    for flag, value in options.items():
        if value is not None:
            raise UsageError(f"{flag} {words}")


def check_settings(
    baseline: TrialConfig, corners: Sequence[TrialConfig], limits: ModelLimits
) -> tuple[str, ...]:
    """Refuse a baseline, or fixed values, that can never work with a model.

    Args:
        baseline: The first trial.
        corners: Configurations that hold each outermost value of each parameter once.
        limits: Those of the model.

    Returns:
        What part of the space can't work, a clause each.

    Raises:
        UsageError: The baseline can't work, or no corner of the space can.
    """
    problem = setting_problem(baseline, limits)
    if problem is not None:
        raise UsageError(f"The baseline can't be trained: {problem}")
    found = [setting_problem(each, limits) for each in corners]
    problems = list(dict.fromkeys(each for each in found if each is not None))
    if problems and None not in found:
        raise UsageError(f"No trial of this space can be trained: {problems[0]}")
    return tuple(f"some of the space can't work: {each.rstrip('.')}" for each in problems)


def check_batches(question: StudySpec, space: SearchSpace, train_rows: int) -> None:
    """Refuse batches that are asked for and larger than the data.

    Args:
        question: What is asked.
        space: What may be tried.
        train_rows: Features of an epoch, at the least.

    Raises:
        UsageError: The baseline's is, or all of the space.
    """
    problem = batch_problem(question.baseline.get(BATCH), train_rows)
    if problem is not None:
        raise UsageError(f"The baseline can't be trained: {problem}")
    if BATCH in question.settings and BATCH in space.parameters:
        problems = [batch_problem(v, train_rows) for v in outermost(space.parameters[BATCH])]
        if all(problems):
            raise UsageError(f"No trial of this space can be trained: {problems[0]}")


def void_parameters(space: SearchSpace, max_steps: int | None) -> tuple[str, ...]:
    """Return the searched parameters that have no effect, because the steps are given."""
    if max_steps is None and "max_steps" not in space.parameters:
        return ()
    searched = (name for name in VOID_BY_STEPS if name in space.parameters)
    return tuple(name for name in searched if len(outermost(space.parameters[name])) > 1)


def corners_of(space: SearchSpace) -> Iterator[dict[str, Scalar]]:
    """Yield configurations that hold each outermost value of each parameter once."""
    for name, parameter in space.parameters.items():
        for value in outermost(parameter):
            wanted = {**_making_active(space, name), name: value}
            corner: dict[str, Scalar] = {}
            for other, each in space.parameters.items():
                if space.active(corner, other):
                    corner[other] = wanted.get(other, outermost(each)[0])
            yield corner


def outermost(parameter: Parameter) -> tuple[Scalar, ...]:
    """Return the ends of a range, or all choices."""
    if isinstance(parameter, FloatRange | IntRange):
        return (parameter.bounds[0], parameter.highest())
    return parameter.values()


def _making_active(space: SearchSpace, name: str) -> Mapping[str, Scalar]:
    wanted: dict[str, Scalar] = {}
    for other, values in space.parameters[name].when.items():
        wanted.update({**_making_active(space, other), other: values[0]})
    return wanted
