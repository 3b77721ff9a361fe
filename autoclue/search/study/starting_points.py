"""What a search tries after its baseline: settings that are known to be good for such a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.models import known_best
from autoclue.options import NO_START, PUBLISHED
from autoclue.records import Scalar, StartPoint
from autoclue.search.spec import Plan
from autoclue.search.study.location import find_study, load_study
from autoclue.training import TrialConfig

ALWAYS: Final = ("learning_rate", "batch_size", "dropout")
"""Settings that are taken over even where they aren't searched: a published run is these three."""


@dataclass(frozen=True, slots=True)
class Starts:
    """What is tried after the baseline.

    Attributes:
        points: The settings, in their order.
        words: Whose they are, and what was left out, for people; ``None`` where there is nothing
            to say.
    """

    points: tuple[StartPoint, ...]
    words: str | None


def starting_points(plan: Plan, folder: Path) -> Starts:
    """Find the settings that a study's question tells it to start from.

    Args:
        plan: What is asked.
        folder: Folder of all studies.

    Raises:
        UsageError: A study that is named isn't there, has no complete trial, or its settings don't
            fit the space.
    """
    asked = plan.question.start_from
    if asked == NO_START:
        return Starts((), None)
    if asked == PUBLISHED:
        return _published(plan)
    place = find_study(folder, asked)
    winner = load_study(place).winner
    if winner is None:
        raise UsageError(
            f"The study {asked!r} has no complete trial to start from; give another one, or "
            f"--start-from {NO_START}."
        )
    words = f"the best of the study {place.name}"
    point = _point(plan, _settings_of(TrialConfig.model_validate(winner.config)))
    if point is None:
        return Starts((), f"{words} is what the baseline tries")
    return Starts((StartPoint(point, words),), words)


def _settings_of(config: TrialConfig) -> dict[str, Scalar]:
    values = config.model_dump(exclude={"strategy_params"})
    return {**values, **config.strategy_params}


def _published(plan: Plan) -> Starts:
    known = known_best(plan.model, plan.spec.name) if plan.spec.source is None else None
    if known is None:
        return Starts((), None)
    words = f"the published best settings of {known.words}"
    points: list[StartPoint] = []
    for score in known.scores:
        point = _fitting(plan, score.settings)
        if point is not None and point not in [each.settings for each in points]:
            points.append(StartPoint(point, f"{words}, by {score.document}"))
    told = words if points else f"{words} are what the baseline tries, or of another strategy"
    return Starts(tuple(points), told)


def _fitting(plan: Plan, settings: Mapping[str, Scalar]) -> dict[str, Scalar] | None:
    """Return published settings as a point, unless they are those of another strategy or space.

    Those of a layer-wise strategy mean nothing without each of their values.
    """
    point = _point(plan, settings)
    if point is None or "factor" not in settings:
        return point
    whole = _settings_of(plan.configure(point))
    return point if all(whole.get(name) == value for name, value in settings.items()) else None


def _point(plan: Plan, known: Mapping[str, Scalar]) -> dict[str, Scalar] | None:
    """Complete settings to a point; ``None`` where the baseline is the same, or it lacks a value.

    What a search leaves open is as in the baseline: a strategy's own values are its neutral ones.
    """
    usual, point = plan.baseline_params, dict[str, Scalar]()
    for name in plan.space.parameters:
        if not plan.space.active(point, name):
            continue
        if name not in known and name not in usual:
            return None
        point[name] = known[name] if name in known else usual[name]
    whole = _settings_of(plan.configure(point))
    others = {n: known[n] for n in ALWAYS if n in known and whole[n] != known[n]}
    if not others and usual and all(usual.get(name) == point[name] for name in point):
        return None
    return {**point, **others}
