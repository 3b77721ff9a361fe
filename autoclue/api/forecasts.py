"""What a search or a grid would run and take; nothing is trained beyond a probe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.errors import UsageError
from autoclue.options import ResourceOptions, TuneArguments
from autoclue.suite_options import GridArguments

if TYPE_CHECKING:
    from autoclue.search.execution import Resources
    from autoclue.search.forecast import Estimate, RunKind
    from autoclue.search.suite import SuitePlan


@dataclass(frozen=True, slots=True)
class Planned:
    """What would run.

    Attributes:
        kinds: The runs, those of equal cost together.
        folder: Where it would be kept.
        resources: What it would run on.
        suite: Every run in its order, of a grid.
    """

    kinds: tuple[RunKind, ...]
    folder: Path
    resources: Resources
    suite: SuitePlan | None = None


def plan_search(arguments: TuneArguments) -> Planned:
    """Resolve and check a search, and count what it would run at most.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    from autoclue.search.forecast import count_runs, known_features, runs_of_search
    from autoclue.search.spec import make_plan
    from autoclue.search.study import place_of

    plan, where = make_plan(arguments.spec), arguments.location
    name = plan.default_name if where.study is None else where.study
    configs = runs_of_search(plan, arguments.limits)
    kinds = count_runs(((name, config) for config in configs), {name: known_features(plan)})
    folder = place_of(where.folder, name, where.storage).folder
    cards = arguments.spec.cards_per_trial
    return Planned(kinds, folder, _resources(arguments.resources, cards))


def plan_grid(arguments: GridArguments) -> Planned:
    """Resolve and check everything that a grid runs.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    from autoclue.search.suite import make_suite_plan, suite_folder

    plan, where = make_suite_plan(arguments), arguments.location
    folder = suite_folder(where.folder, where.suite or plan.default_name)
    resources = _resources(arguments.resources, arguments.cards_per_trial)
    return Planned(plan.kinds, folder, resources, plan)


def estimate_runs(planned: Planned) -> Estimate:
    """Probe some steps at each batch size and length, and keep what follows for the report.

    Args:
        planned: What would run.

    Raises:
        UsageError: A model or data can't be read, or not one example fits into memory; or a trial
            takes several cards.
        FolderError: The estimate can't be kept.
    """
    from autoclue.search.forecast import estimate, keep_estimate, measure_here

    if planned.resources.cards > 1:
        raise UsageError(
            "What a trial on several cards costs can't be estimated yet; leave --cards-per-trial "
            "out to learn what one card would take."
        )
    found = estimate(planned.kinds, planned.resources, measure_here(planned.resources))
    keep_estimate(planned.folder, found)
    return found


def _resources(options: ResourceOptions, cards: int) -> Resources:
    from autoclue.search.execution import choose_resources

    found = choose_resources(**options.model_dump(), cards=cards)
    if not found.shares_cards:
        return found
    return replace(found, parallel=min(found.parallel, found.gpus))  # as if none were shared
