"""``autoclue resume``: go on with a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.options import (
    Address,
    Extend,
    Folder,
    GpusPerTrial,
    Json,
    Parallel,
    StepBudget,
    TimeBudget,
    Trials,
    parse_duration,
)


def resume(
    study: Annotated[str, typer.Argument(help="Name or folder of the study.")],
    trials: Trials = None,
    extend: Extend = None,
    time_budget: TimeBudget = None,
    step_budget: StepBudget = None,
    parallel: Parallel = None,
    gpus_per_trial: GpusPerTrial = None,
    address: Address = None,
    folder: Folder = Path("autoclue-studies"),
    as_json: Json = False,
) -> int:
    """Go on with a study that was interrupted, or add trials to a finished one.

    What is asked stands in the study, retraining with other seeds (--confirm) included. Trials
    that were left running go on from their last checkpoint.

    Examples:
    `autoclue resume xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`

    `autoclue resume ./autoclue-studies/my-study --extend 20`
    """
    from autoclue.cli.verbs.tune import run_search
    from autoclue.prepare import prepare_resume

    search = prepare_resume(
        study,
        trials=trials,
        extend=extend,
        time_budget_s=parse_duration(time_budget),
        step_budget=step_budget,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        folder=folder,
    )
    return run_search(search, as_json=as_json)
