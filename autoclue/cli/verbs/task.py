"""``autoclue task``: begin a task of one's own."""

from __future__ import annotations

import shlex

import typer

from autoclue.cli.options import Given, with_options
from autoclue.option_fields import read_options
from autoclue.train_options import NewTaskArguments

app = typer.Typer(no_args_is_help=True, help="Begin a task of your own.")


@app.callback()
def _task() -> None:
    """Begin a task of your own."""


@app.command("new")
@with_options(NewTaskArguments)
def new_command(given: Given) -> int:
    """Look at a file or a folder of data, and write the task's file, which you then edit.

    Form, encoding, columns, labels and the kind of input are guessed, with a comment at each.

    Examples:
    `autoclue task new reviews.csv`

    `autoclue task new my-data --label stars --out stars.yaml`
    """
    from autoclue.tasks import new_task

    arguments = read_options(NewTaskArguments, given)
    path = new_task(
        arguments.data,
        out=arguments.out,
        text=arguments.text,
        text_pair=arguments.text_pair,
        label=arguments.label,
        force=arguments.force,
    )
    typer.echo(path.read_text(encoding="utf-8"), nl=False)
    typer.echo(f"wrote  {path}")
    typer.echo(f"next   {shlex.join(['autoclue', 'data', 'check', '--task', str(path)])}")
    return 0
