"""``autoclue ls``: what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import typer

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.output import say
from autoclue.cli.rows import print_rows
from autoclue.cli.verbs.published import list_scores, list_speeds
from autoclue.option_fields import read_options
from autoclue.options import StudiesFolder
from autoclue.records import StudyRecord, TrialState

if TYPE_CHECKING:
    from autoclue.parameters import ParameterDoc
    from autoclue.registry import Registry

app = typer.Typer(
    no_args_is_help=True,
    help="List what there is: tasks, models, spaces, strategies, studies, ...",
)
app.command("scores")(list_scores)
app.command("speeds")(list_speeds)
T = TypeVar("T")
Row = Mapping[str, object]


@app.command("tasks")
def list_tasks(as_json: Json = False) -> int:
    """List the tasks."""
    from autoclue.tasks import load_task, task_names

    rows = []
    for name in task_names():
        spec = load_task(name)
        recipe = spec.recipe
        rows.append(
            {
                "task": name,
                "labels": len(spec.output_labels),
                "metric": spec.metric,
                "epochs": recipe.epochs,
                "length": recipe.max_length_tokens,
                "about": spec.description,
            }
        )
    print_rows("tasks", rows, as_json=as_json)
    return 0


@app.command("models")
def list_models(as_json: Json = False) -> int:
    """List the pretrained models with published CLUE figures."""
    from autoclue import models as catalog

    rows = [
        {
            "model": card.name,
            "title": card.title,
            "layers": card.layers,
            "hidden": card.hidden_size,
            "published average": card.average_percent,
        }
        for card in catalog.models()
    ]
    rows += [
        {
            "model": model.name,
            "title": f"{model.title}, {'for pairs of sentences, ' if model.pair else ''}by CLUE",
            "layers": model.layers,
            "hidden": model.hidden_size,
            "published average": None,
        }
        for model in catalog.clue_models()
    ]
    rows.append(
        {
            "model": catalog.SHIPPED,
            "title": "Small pretrained encoder that comes with autoclue (builtin)",
            "layers": 4,
            "hidden": 192,
            "published average": None,
        }
    )
    print_rows("models", rows, as_json=as_json)
    return 0


@app.command("spaces")
def list_spaces(as_json: Json = False) -> int:
    """List the search spaces that ship."""
    from autoclue.space import load_space, space_names

    rows = []
    for name in space_names():
        space = load_space(name)
        size = space.size()
        rows.append(
            {
                "space": name,
                "size": "infinite" if size is None else size,
                "parameters": ", ".join(space.parameters),
                "about": " ".join(space.description.split()),
            }
        )
    print_rows("spaces", rows, as_json=as_json)
    return 0


@app.command("strategies")
def list_strategies(as_json: Json = False) -> int:
    """List the layer-wise strategies with their parameters, those of installed packages too."""
    from autoclue.layers.registry import STRATEGIES

    return _show_registry(STRATEGIES, as_json=as_json)


@app.command("samplers")
def list_samplers(as_json: Json = False) -> int:
    """List what can propose a trial's settings, with its parameters."""
    from autoclue.search.sampling import SAMPLERS

    return _show_registry(SAMPLERS, as_json=as_json)


@app.command("schedulers")
def list_schedulers(as_json: Json = False) -> int:
    """List what can stop a trial early, with its parameters."""
    from autoclue.search.stopping import SCHEDULERS

    return _show_registry(SCHEDULERS, as_json=as_json)


@app.command("studies")
@with_options(StudiesFolder)
def list_studies(given: Given, as_json: Json = False) -> int:
    """List the studies of a folder."""
    from autoclue.errors import AutoclueError
    from autoclue.search.study import find_study, load_study, study_names

    arguments = read_options(StudiesFolder, given)
    folder = arguments.folder
    rows: list[Row] = []
    for name in study_names(folder):
        try:
            study = load_study(find_study(folder, name), follow_storage=arguments.follow_storage)
        except AutoclueError as error:
            rows.append({"study": name, "trials": None, "best": None, "state": str(error)})
            continue
        best = None if study.winner is None else study.winner.best_score
        rows.append(
            {
                "study": name,
                "trials": len(study.trials),
                "best": best,
                "state": _state(study),
            }
        )
    if not rows and not as_json:
        say(f"There is no study in {folder} yet; 'autoclue tune' begins one.", err=True)
        return 0
    print_rows("studies", rows, as_json=as_json)
    return 0


def _show_registry(registry: Registry[T], *, as_json: bool) -> int:
    """List a registry: as JSON an entry each, as a table also a row for each parameter."""
    names = registry.names()
    if as_json:
        rows = [
            {
                registry.kind: name,
                "about": registry.doc(name),
                "parameters": [asdict(p) for p in registry.parameters(name).values()],
            }
            for name in names
        ]
        print_rows(registry.kind, rows, as_json=True)
        return 0
    table: list[Row] = []
    for name in names:
        table.append({registry.kind: name, "about": registry.doc(name)})
        for parameter in registry.parameters(name).values():
            table.append({registry.kind: f"  {parameter.name}", "about": _described(parameter)})
    print_rows(registry.kind, table, as_json=False)
    return 0


def _described(parameter: ParameterDoc) -> str:
    of = f"{parameter.kind}, {parameter.limits}" if parameter.limits else parameter.kind
    given = "required" if parameter.required else f"default {_short(parameter.default)}"
    return f"{parameter.doc} ({of}; {given})".strip()


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_short, value))
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _state(study: StudyRecord) -> str:
    """Say why a study ended, or what is left of one that was cut off."""
    if study.ending is None:
        running = sum(trial.state is TrialState.RUNNING for trial in study.trials)
        return f"running or interrupted, {running} open"
    asked, wanted = len(study.standing), study.target_trials
    failed = sum(trial.state is TrialState.FAIL for trial in study.standing)
    if failed == asked > 0 or study.rivals_failed:
        which = "every trial" if failed == asked else "every trial but the baseline"
        return f"failed: {which} did ({study.ending})"
    beside = f", {failed} of its trials failed" if failed else ""
    if wanted is not None and asked >= wanted:
        return f"finished{beside}"
    return f"ended after {asked} of {wanted}: {study.ending}{beside}"
