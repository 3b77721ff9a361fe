"""What a suite runs: a study for each task of each model, and every run in its order."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.models import default_baseline, resolve_model
from autoclue.options import StudySpec
from autoclue.records import Scalar
from autoclue.search.forecast import RunKind, count_runs, known_features
from autoclue.search.spec import Plan, make_plan
from autoclue.search.suite.points import GRID_SPACE, grid_tasks, published_points, take_shard
from autoclue.suite_options import GridArguments
from autoclue.tasks import load_task
from autoclue.training import Timetable, TrialConfig


@dataclass(frozen=True, slots=True)
class PlannedStudy:
    """A study that a suite is to run.

    Attributes:
        model: What the suite calls its model.
        plan: What is asked, resolved.
        points: The settings that it runs, in their order.
    """

    model: str
    plan: Plan
    points: tuple[Mapping[str, Scalar], ...]

    @property
    def task(self) -> str:
        """The task."""
        return self.plan.spec.name

    @property
    def name(self) -> str:
        """The study's name within the suite."""
        return f"{self.task}-{self.model}"


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of a suite.

    Attributes:
        study: The place of its study among the suite's.
        params: Its values of the space's parameters.
        config: Its complete settings.
    """

    study: int
    params: Mapping[str, Scalar]
    config: TrialConfig


@dataclass(frozen=True, slots=True)
class SuitePlan:
    """Everything that a suite runs.

    Attributes:
        default_name: A name for it, by models, data and share.
        studies: A task of a model each.
        runs: Every run, in its order.
    """

    default_name: str
    studies: tuple[PlannedStudy, ...]
    runs: tuple[PlannedRun, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """For each run the place of its study."""
        return tuple(run.study for run in self.runs)

    @property
    def kinds(self) -> tuple[RunKind, ...]:
        """The runs, those of equal cost together."""
        return count_runs(
            ((self.studies[run.study].name, run.config) for run in self.runs),
            {study.name: known_features(study.plan) for study in self.studies},
        )

    def timetable(self, run: PlannedRun) -> Timetable | None:
        """Lay out the steps of a run; ``None`` where a row becomes more than one feature."""
        plan = self.studies[run.study].plan
        if plan.spec.kind == "span_extraction":
            return None
        return run.config.timetable(plan.rows["train"])


def make_suite_plan(arguments: GridArguments) -> SuitePlan:
    """Resolve and check every task of every model.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    tasks = grid_tasks(arguments.tasks)
    labels = model_labels(arguments.models)
    points = published_points(tasks)
    pairs = [(model, point) for model in labels for point in points]
    dealt = take_shard(pairs, arguments.shard)
    if not dealt:
        raise UsageError(f"The share {arguments.shard} of {len(pairs)} runs holds none of them.")
    places = list(dict.fromkeys((model, point.task) for model, point in dealt))
    studies = tuple(
        PlannedStudy(
            labels[model],
            make_plan(_question(arguments, model, task)),
            tuple(p.params for m, p in dealt if (m, p.task) == (model, task)),
        )
        for model, task in places
    )
    runs = tuple(
        _run(places.index((model, point.task)), point.params, studies) for model, point in dealt
    )
    return SuitePlan(_default_name(arguments, list(labels.values())), studies, runs)


def _run(place: int, params: Mapping[str, Scalar], studies: Sequence[PlannedStudy]) -> PlannedRun:
    return PlannedRun(place, params, studies[place].plan.configure(params))


def model_labels(models: Sequence[str]) -> dict[str, str]:
    """Return short names for models, each its own: the last part of a hub name or of a path.

    Examples:
        >>> from autoclue.search.suite import model_labels
        >>> model_labels(["hfl/rbt3", "ernie-3.0-base-zh"])
        {'hfl/rbt3': 'rbt3', 'ernie-3.0-base-zh': 'ernie-3.0-base-zh'}
    """
    found: dict[str, str] = {}
    for model in models:
        short = re.sub(r"[^A-Za-z0-9._]+", "-", Path(model).name).strip("-.") or "model"
        taken = set(found.values())
        numbered = (f"{short}-{number}" for number in range(2, len(models) + 2))
        label = short if short not in taken else next(n for n in numbered if n not in taken)
        found.setdefault(model, label)
    return found


def _question(arguments: GridArguments, model: str, task: str) -> StudySpec:
    """Ask for a task of a model with the published recipe, whatever the model's own default is."""
    recipe = load_task(task).recipe
    default = default_baseline(resolve_model(model), epochs=recipe.epochs)
    return StudySpec(
        task=task,
        protocol="clue",
        strategy="uniform",
        model=model,
        data=arguments.data,
        builtin_size=arguments.builtin_size,
        space=GRID_SPACE,
        sampler="grid",
        scheduler=arguments.scheduler,
        baseline={name: getattr(recipe, name) for name in default.settings},
        max_steps=arguments.max_steps,
        cards_per_trial=arguments.cards_per_trial,
        batch_per="step" if arguments.cards_per_trial > 1 else None,
    )


def _default_name(arguments: GridArguments, labels: Sequence[str]) -> str:
    asked = [
        *(list(arguments.models), arguments.data, arguments.builtin_size),
        *(arguments.scheduler, arguments.max_steps),
        *([arguments.cards_per_trial] if arguments.cards_per_trial > 1 else []),
    ]
    digits = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]
    share = "" if arguments.shard is None else f"-{arguments.shard.strip().replace('/', 'of')}"
    return f"grid-{'+'.join(labels)[:80]}-{digits}{share}"
