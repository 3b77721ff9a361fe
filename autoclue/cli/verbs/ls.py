"""``autoclue ls``: what there is to choose from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import typer

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.options import StudiesFolder

app = typer.Typer(no_args_is_help=True, help="List tasks, models, spaces, strategies or studies.")
Row = Mapping[str, object]


@app.command("tasks")
def tasks(as_json: Json = False) -> int:
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
    _show("tasks", rows, as_json=as_json)
    return 0


@app.command("models")
def models(as_json: Json = False) -> int:
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
    rows.append(
        {
            "model": catalog.SHIPPED,
            "title": "Small pretrained encoder that comes with autoclue (builtin)",
            "layers": 4,
            "hidden": 192,
            "published average": None,
        }
    )
    _show("models", rows, as_json=as_json)
    return 0


@app.command("spaces")
def spaces(as_json: Json = False) -> int:
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
    _show("spaces", rows, as_json=as_json)
    return 0


@app.command("strategies")
def strategies(as_json: Json = False) -> int:
    """List the layer-wise strategies, those of installed packages too."""
    from autoclue.layers.registry import strategy_doc, strategy_names, strategy_parameters

    rows = [
        {
            "strategy": name,
            "parameters": ", ".join(strategy_parameters(name)) or "none",
            "about": strategy_doc(name),
        }
        for name in strategy_names()
    ]
    _show("strategies", rows, as_json=as_json)
    return 0


@app.command("studies")
@with_options(StudiesFolder)
def studies(given: Given, as_json: Json = False) -> int:
    """List the studies of a folder."""
    from autoclue.errors import AutoclueError
    from autoclue.search.study import find_study, load_study, study_names

    folder = read_options(StudiesFolder, given).folder
    rows: list[Row] = []
    for name in study_names(folder):
        try:
            study = load_study(find_study(folder, name))
        except AutoclueError as error:
            rows.append({"study": name, "trials": None, "best": None, "state": str(error)})
            continue
        running = sum(t.state.value == "RUNNING" for t in study.trials)
        best = None if study.winner is None else study.winner.best_score
        rows.append(
            {
                "study": name,
                "trials": len(study.trials),
                "best": best,
                "state": f"{running} unfinished" if running else "finished",
            }
        )
    if not rows and not as_json:
        typer.echo(f"There is no study in {folder} yet; 'autoclue tune' begins one.", err=True)
        return 0
    _show("studies", rows, as_json=as_json)
    return 0


def _show(title: str, rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold", no_wrap=column == next(iter(rows[0])))
    for row in rows:
        table.add_row(*("" if value is None else _cell(value) for value in row.values()))
    console = Console()
    console.print(table if rows else f"No {title}.", soft_wrap=not console.is_terminal)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and abs(value) < 1 else str(value)
