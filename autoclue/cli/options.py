"""Options that several verbs share, and what people write in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from autoclue.errors import UsageError

Task = Annotated[
    str, typer.Option("--task", help="A task ('autoclue ls tasks') or a task file of yours.")
]
Model = Annotated[
    str,
    typer.Option(
        "--model", help="PaddleNLP hub name ('autoclue ls models'), model folder, or 'builtin'."
    ),
]
Data = Annotated[
    str,
    typer.Option("--data", help="Folder in the publisher's files, 'download', or 'builtin'."),
]
BuiltinSize = Annotated[
    str | None,
    typer.Option(
        "--builtin-size",
        help="With --data builtin: tiny, small, medium, or rows to train on; default: small.",
    ),
]
Folder = Annotated[Path, typer.Option("--folder", help="Folder of all studies.")]
Holdout = Annotated[
    float,
    typer.Option(
        "--holdout",
        help="Share of the development set that chooses nothing and is reported beside the rest.",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option("--seeds", help="Training seeds for each configuration confirmed; default: 5."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]

Trials = Annotated[
    int | None,
    typer.Option("--trials", help="Trials in all, earlier runs included; 32 for a new study."),
]
Extend = Annotated[
    int | None,
    typer.Option("--extend", help="Trials to add to a study that has all of its own."),
]
TimeBudget = Annotated[
    str | None, typer.Option("--time-budget", help="E.g. 90s, 45m, 2h; then no trial begins.")
]
StepBudget = Annotated[
    int | None,
    typer.Option("--step-budget", help="Updates of all trials together, earlier runs included."),
]
Parallel = Annotated[
    int | None, typer.Option("--parallel", help="Trials at once; default: fill the devices.")
]
GpusPerTrial = Annotated[
    float | None, typer.Option("--gpus-per-trial", help="A whole number, or a fraction below 1.")
]
Address = Annotated[
    str | None, typer.Option("--address", help="A running Ray cluster, e.g. auto or HOST:6379.")
]

_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s?)?"
)


def parse_duration(text: str | None) -> float | None:
    """Read a duration such as ``90s``, ``45m``, ``2h`` or ``1h30m``; a bare number is seconds.

    Returns:
        Seconds, or ``None`` where nothing was given.

    Raises:
        UsageError: It is none, or not above 0.
    """
    if text is None:
        return None
    match = _DURATION.fullmatch(text.strip().lower())
    parts = {} if match is None else {k: float(v) for k, v in match.groupdict().items() if v}
    seconds = sum(value * {"h": 3600, "m": 60, "s": 1}[unit] for unit, value in parts.items())
    if seconds <= 0:
        raise UsageError(f"{text!r} is not a duration; write for example 90s, 45m, 2h or 1h30m.")
    return seconds
