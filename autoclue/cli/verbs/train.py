"""``autoclue train``: one configuration, with the engine that a search uses."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.options import BuiltinSize, Data, Holdout, Json, Model, Task
from autoclue.records import Scalar

DEFAULT_MODEL = "ernie-3.0-base-zh"


def train(
    task: Task,
    model: Model = DEFAULT_MODEL,
    data: Data = "download",
    builtin_size: BuiltinSize = None,
    strategy: Annotated[
        str,
        typer.Option("--strategy", help="How rates differ by layer ('autoclue ls strategies')."),
    ] = "uniform",
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", help="Peak rate of the top block.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="Examples an update.")
    ] = None,
    dropout: Annotated[
        float | None,
        typer.Option("--dropout", help="Hidden dropout; 0.1 keeps the checkpoint's own."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", help="Passes over the training set.")
    ] = None,
    max_length: Annotated[
        int | None, typer.Option("--max-length", help="Longest input in tokens.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seeds the head and dropout; published: 42.")
    ] = None,
    max_steps: Annotated[
        int | None, typer.Option("--max-steps", help="Updates, instead of epochs.")
    ] = None,
    holdout: Holdout = 0.0,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other setting or strategy parameter, e.g. factor=1.1.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or gpu.")] = "auto",
    output_dir: Annotated[
        Path | None,
        typer.Option(
            "--output-dir", help="Log, result and best model; default: autoclue-runs/..."
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Train one configuration by the published recipe; what isn't given is the task's default.

    After an interruption the same command goes on where it was.

    Examples:
    `autoclue train --task ocnli --model DIR --learning-rate 3e-5 --batch-size 32`

    `autoclue train --task tnews --strategy discriminative --set factor=1.1 --set frozen_blocks=2`
    """
    from autoclue import api
    from autoclue.cli.screen import close_training
    from autoclue.tasks import sized_data

    named: dict[str, Scalar] = {
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "dropout": dropout,
        "epochs": epochs,
        "max_length_tokens": max_length,
        "seed": seed,
    }
    chosen = {name: value for name, value in named.items() if value is not None}
    result = api.train(
        task,
        model=model,
        data=sized_data(data, builtin_size),
        strategy=strategy,
        settings={**chosen, **_fixed(settings or [], strategy)},
        max_steps=max_steps,
        holdout=holdout,
        folder=output_dir,
        device=device,
        log=_terminal_log(),
    )
    close_training(result, as_json=as_json)
    return 0


def _fixed(settings: list[str], strategy: str) -> dict[str, Scalar]:
    """Read ``--set`` where only single values make sense."""
    from autoclue.errors import UsageError
    from autoclue.layers.registry import STRATEGIES
    from autoclue.space import Fixed, SearchSpace, override
    from autoclue.training import SEARCHABLE

    allowed = [*SEARCHABLE, *STRATEGIES.parameters(strategy)]
    space = override(SearchSpace("--set", {}), settings, allowed=allowed)
    values = {n: p.value for n, p in space.parameters.items() if isinstance(p, Fixed)}
    ranges = sorted(set(space.parameters) - set(values))
    if ranges:
        raise UsageError(
            f"--set gives {', '.join(ranges)} more than one value; 'autoclue train' takes one, "
            "and 'autoclue tune' searches."
        )
    return values


def _terminal_log() -> logging.Logger:
    """Print the training log to the terminal's error stream, so that results stay apart.

    An error that ends the training is left out: the command itself says it.
    """
    log = logging.Logger("autoclue.train")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(lambda record: record.levelno < logging.ERROR)
    log.addHandler(handler)
    return log
