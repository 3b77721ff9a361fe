"""``autoclue new-model``: build a small encoder with random weights."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.completion import completer
from autoclue.cli.options import Given, with_options
from autoclue.cli.output import say
from autoclue.cli.paths import path_argument
from autoclue.option_fields import read_options
from autoclue.options import DataSource

BUILTIN = "builtin"


@with_options(DataSource)
def new_model_command(
    given: Given,
    folder: Annotated[
        Path, typer.Argument(help="New folder to write the model to.", parser=path_argument)
    ],
    task: Annotated[
        list[str] | None,
        typer.Option(
            "--task",
            help="Take the characters of this task's texts; repeatable.",
            autocompletion=completer("task"),
        ),
    ] = None,
    layers: Annotated[int, typer.Option("--layers", help="Encoder layers.")] = 4,
    hidden_size: Annotated[int, typer.Option("--hidden-size", help="Width.")] = 128,
    heads: Annotated[int, typer.Option("--heads", help="Attention heads.")] = 2,
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            help="Take shape and vocabulary of this model: name or folder.",
            autocompletion=completer("model"),
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seeds the weights.")] = 0,
) -> int:
    """Build a small ERNIE encoder with random weights, to try things without a hub or a GPU.

    Without --task its vocabulary is ASCII and the 3,755 characters of GB 2312's first level.
    With --like it is another model that has forgotten what it learnt, to compare it with.

    Example: `autoclue new-model ./tiny --task xnli --data builtin --layers 4`
    """
    from autoclue.tasks import load_task, open_data
    from autoclue.training.model import (
        SmallModel,
        build_small_model,
        characters_of,
        common_characters,
        texts_in,
    )

    if like is not None:
        return _forgetful(
            folder,
            like,
            seed,
            alone=not task
            and SmallModel() == SmallModel(layers=layers, hidden_size=hidden_size, heads=heads),
        )
    shape = SmallModel(layers=layers, hidden_size=hidden_size, heads=heads, seed=seed)
    shape.check()
    characters = common_characters()
    if task:
        source = read_options(DataSource, given)
        examples = [
            example
            for name in task
            for split in ("train", "dev")
            for example in open_data(load_task(name), source.data).examples(split)
        ]
        characters = characters_of(texts_in(examples))
    with _writable(folder):
        build_small_model(folder, shape, characters)
    say(
        f"{folder}: {layers} layers, {hidden_size} wide, {len(characters)} characters, random "
        f"weights (seed {seed})."
    )
    read = read_options(DataSource, given).data if task else BUILTIN
    say(_next_command(folder, task[0] if task else "xnli", read))
    return 0


def _next_command(folder: Path, task: str, data: str) -> str:
    """Return a search with the new model; without data of the user's own it needs no network."""
    words = ["autoclue", "tune", "--task", task, "--model", str(folder), "--data", data]
    return f"next  {shlex.join(words)}"


def _forgetful(folder: Path, like: str, seed: int, *, alone: bool) -> int:
    from autoclue.errors import UsageError
    from autoclue.models import resolve_model
    from autoclue.training.data import Workspace
    from autoclue.training.model import build_like

    if not alone:
        raise UsageError(
            "--like takes shape and vocabulary of the other model; leave --task, --layers, "
            "--hidden-size and --heads out."
        )
    with _writable(folder):
        build_like(folder, Workspace().locate(resolve_model(like)), seed=seed)
    say(f"{folder}: like {like}, random weights (seed {seed}).")
    say(_next_command(folder, "xnli", BUILTIN))
    return 0


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[None]:
    from autoclue.errors import FolderError, UsageError

    try:
        yield
    except FolderError as error:
        raise UsageError(
            f"The model can't be written to {folder} ({error.reason}); free some space there, or "
            "give a folder that can be made."
        ) from error
