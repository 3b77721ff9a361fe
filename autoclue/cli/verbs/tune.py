"""``autoclue tune``: search the settings of a task."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autoclue.cli.options import (
    Address,
    BuiltinSize,
    Data,
    Extend,
    Folder,
    GpusPerTrial,
    Holdout,
    Json,
    Model,
    Parallel,
    Seeds,
    StepBudget,
    Task,
    TimeBudget,
    Trials,
    parse_duration,
)

if TYPE_CHECKING:
    from autoclue.session import Confirm, Search, StudyResult

DEFAULT_MODEL = "ernie-3.0-base-zh"


def tune(
    task: Task,
    strategy: Annotated[
        str,
        typer.Option("--strategy", help="How rates differ by layer ('autoclue ls strategies')."),
    ] = "discriminative",
    model: Model = DEFAULT_MODEL,
    data: Data = "download",
    builtin_size: BuiltinSize = None,
    space: Annotated[
        str | None,
        typer.Option(
            "--space",
            help="Search space ('autoclue ls spaces') or YAML file; default: by strategy.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Change the space, e.g. learning_rate=1e-5..5e-5:log or batch_size=16,32.",
            metavar="NAME=RANGE",
        ),
    ] = None,
    trials: Trials = None,
    extend: Extend = None,
    time_budget: TimeBudget = None,
    step_budget: StepBudget = None,
    parallel: Parallel = None,
    gpus_per_trial: GpusPerTrial = None,
    address: Address = None,
    sampler: Annotated[
        str, typer.Option("--sampler", help="tpe, random, cmaes, gp or grid.")
    ] = "tpe",
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler", help="adaptive, asha, median, hyperband or none (never stops)."
        ),
    ] = "adaptive",
    seed: Annotated[int, typer.Option("--seed", help="Root seed of the search.")] = 0,
    max_steps: Annotated[
        int | None,
        typer.Option(
            "--max-steps", help="Updates of every trial, instead of the recipe's epochs."
        ),
    ] = None,
    holdout: Holdout = 0.0,
    confirm: Annotated[
        int | None,
        typer.Option("--confirm", help="Train so many of the best again with other seeds."),
    ] = None,
    seeds: Seeds = None,
    study: Annotated[
        str | None, typer.Option("--study", help="Name of the study; default: by the question.")
    ] = None,
    folder: Folder = Path("autoclue-studies"),
    storage: Annotated[
        str | None,
        typer.Option(
            "--storage", help="Database URL for the ledger; default: SQLite in the study."
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Search the settings of a task, beginning with the published default configuration.

    The same command again goes on with the same study.

    Examples:
    `autoclue tune --task xnli --strategy discriminative`

    `autoclue tune --task tnews --data ./CLUE --model ./my-ernie --trials 60 --time-budget 8h`

    `autoclue tune --task xnli --holdout 0.5 --confirm 3 --seeds 5`

    `autoclue tune --task xnli --model builtin --data builtin --set learning_rate=1e-4..3e-3:log`
    """
    from autoclue.prepare import prepare_search
    from autoclue.tasks import sized_data

    search = prepare_search(
        task,
        strategy=strategy,
        model=model,
        data=sized_data(data, builtin_size),
        space=space,
        settings=settings or (),
        trials=trials,
        extend=extend,
        time_budget_s=parse_duration(time_budget),
        step_budget=step_budget,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        sampler=sampler,
        scheduler=scheduler,
        seed=seed,
        max_steps=max_steps,
        holdout=holdout,
        confirm=confirm,
        seeds=seeds,
        study=study,
        folder=folder,
        storage=storage,
    )
    return run_search(search, as_json=as_json)


def run_search(search: Search, *, as_json: bool) -> int:
    """Say what will run, run it and say what came of it."""
    from autoclue.cli.screen import announce, close_study, listener_for

    with search.open(command=["autoclue", *map(shlex.quote, sys.argv[1:])]) as opened:
        announce(opened)
        with listener_for(opened) as listener:
            result = opened.run(listener)
    if search.confirm is not None:
        result = run_confirm(search.confirm)
    close_study(result, as_json=as_json)
    return 0


def run_confirm(confirm: Confirm) -> StudyResult:
    """Say what is trained again, and do it."""
    from autoclue.cli.screen import announce_confirm, confirm_listener_for

    with confirm.open() as opened:
        announce_confirm(opened)
        with confirm_listener_for(opened) as listener:
            return opened.run(listener)
