"""``autoclue confirm``: train the best of a study again with other seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.options import Address, Folder, GpusPerTrial, Json, Parallel, Seeds


def confirm(
    study: Annotated[str, typer.Argument(help="Name or folder of the study.")],
    best: Annotated[
        int, typer.Option("--best", help="How many of the best configurations, at least 1.")
    ] = 3,
    seeds: Seeds = None,
    parallel: Parallel = None,
    gpus_per_trial: GpusPerTrial = None,
    address: Address = None,
    folder: Folder = Path("autoclue-studies"),
    as_json: Json = False,
) -> int:
    """Train the best configurations of a study and its baseline again with other seeds.

    All get the same seeds, and none is stopped early. The same command again goes on with what is
    missing.

    Example: `autoclue confirm xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d --best 3 --seeds 5`
    """
    from autoclue.cli.screen import close_study
    from autoclue.cli.verbs.tune import run_confirm
    from autoclue.prepare import DEFAULT_SEEDS, prepare_confirm

    prepared = prepare_confirm(
        study,
        best=best,
        seeds=DEFAULT_SEEDS if seeds is None else seeds,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        folder=folder,
    )
    close_study(run_confirm(prepared), as_json=as_json)
    return 0
