"""Which runs a search or a grid will have, counted by what they cost: batch size and length."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.options import DEFAULT_ROUNDS, DEFAULT_TRIALS, Limits
from autoclue.records import Scalar
from autoclue.search.sampling import find_population
from autoclue.search.spec import Plan
from autoclue.space import FloatRange, IntRange, Parameter
from autoclue.training import TrialConfig


@dataclass(frozen=True, slots=True)
class RunKind:
    """Runs of a study that cost the same.

    Attributes:
        study: The study's name.
        config: The settings of one of them.
        runs: How many there are.
        steps: Steps of each; ``None`` where that is known only once features are made, because a
            row may become several.
        evaluations: Evaluations of each, likewise.
    """

    study: str
    config: TrialConfig
    runs: int
    steps: int | None
    evaluations: int | None


def count_runs(
    configs: Iterable[tuple[str, TrialConfig]], rows: Mapping[str, int | None]
) -> tuple[RunKind, ...]:
    """Put runs together that cost the same, in the order of their first.

    Args:
        configs: The study and the settings of each run.
        rows: By study, the features of the training set, or ``None`` where that isn't known.
    """
    found: dict[tuple[object, ...], RunKind] = {}
    for study, config in configs:
        names = ("batch_size", "max_length_tokens", "gradient_accumulation_steps", "epochs")
        key = (study, config.max_steps, *(getattr(config, name) for name in names))
        known = found.get(key)
        if known is None:
            steps, evaluations = _lengths(config, rows[study])
            found[key] = RunKind(study, config, 1, steps, evaluations)
        else:
            found[key] = RunKind(
                study, known.config, known.runs + 1, known.steps, known.evaluations
            )
    return tuple(found.values())


def _lengths(config: TrialConfig, features: int | None) -> tuple[int | None, int | None]:
    if features is None:
        return None, None
    timetable = config.timetable(features)
    return timetable.steps, len(timetable.evaluation_steps)


def known_features(plan: Plan) -> int | None:
    """Return the features of a plan's training set; ``None`` where rows become several."""
    return None if plan.spec.kind == "span_extraction" else plan.rows["train"]


def runs_of_search(plan: Plan, limits: Limits) -> list[TrialConfig]:
    """Return what a search would run at most, with as many trials as it would have.

    A population of rounds has its rounds' members, whose schedules are shorter where they go on
    from each other. Members that go on from each other at boundaries share their trials' steps, so
    that each counts as one run.

    Args:
        plan: What is asked.
        limits: How far the search shall go.
    """
    asked, course = plan.question, plan.course
    if course is not None:
        return expected_runs(plan, 1 + course.members * (2 if course.control else 1))
    if find_population(asked.sampler) is None or asked.population is None:
        return expected_runs(plan, limits.trials or DEFAULT_TRIALS)
    rounds = limits.rounds or DEFAULT_ROUNDS
    found = expected_runs(plan, 1 + asked.population * rounds)
    first, later = found[: 1 + asked.population], found[1 + asked.population :]
    if asked.epochs_per_round is None:
        return found
    shorter = {"epochs": asked.epochs_per_round}
    return [*first, *(each.model_copy(update=shorter) for each in later)]


def expected_runs(plan: Plan, trials: int) -> list[TrialConfig]:
    """Return the baseline and draws from the space, as a sampler that knows nothing would ask.

    What a search will really ask depends on its scores; what it costs follows from batch size,
    length and epochs, of which such draws hold a fair share each.

    Args:
        plan: What is asked.
        trials: How many trials there shall be, the baseline included.
    """
    draw = random.Random(plan.question.seed)
    found = [plan.baseline]
    while len(found) < trials:
        try:
            found.append(plan.configure(_drawn(plan, draw)))
        except UsageError:  # no trial of the search has such settings either
            found.append(plan.baseline)
    return found


def _drawn(plan: Plan, draw: random.Random) -> dict[str, Scalar]:
    params: dict[str, Scalar] = {}
    for name, parameter in plan.space.parameters.items():
        if plan.space.active(params, name):
            params[name] = _value(parameter, draw)
    return params


def _value(parameter: Parameter, draw: random.Random) -> Scalar:
    if isinstance(parameter, FloatRange):
        return draw.uniform(*parameter.bounds)
    if isinstance(parameter, IntRange):
        return draw.randint(*parameter.bounds)
    return draw.choice(parameter.values())
