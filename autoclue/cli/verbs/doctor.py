"""``autoclue doctor``: what this machine can do, and what autoclue makes of it."""

from __future__ import annotations

from typing import Annotated

import typer

from autoclue.cli.options import Json
from autoclue.cli.output import say, say_json


def doctor_command(
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Import Paddle, PaddleNLP, Ray, Optuna and Plotly too; takes a minute."
        ),
    ] = False,
    constraints: Annotated[
        bool,
        typer.Option(
            "--constraints", help="Print the exact versions that work together, and nothing else."
        ),
    ] = False,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="auto|HOST:PORT",
            help="Look at the machines of a running Ray cluster instead of at this one alone.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Print what is installed, which devices there are, and which switches are set and why.

    Examples:
    `autoclue doctor --deep`

    `autoclue doctor --constraints > constraints.txt`

    `autoclue doctor --address head.example:6379`
    """
    from autoclue import doctor
    from autoclue.screen import print_sentence, result_console

    if constraints:
        say(doctor.constraints(), end="")
        return 0
    findings = doctor.examine(deep=deep) if address is None else doctor.examine_cluster(address)
    if as_json:
        say_json([f.as_mapping() for f in findings])
    else:
        console = result_console()
        for finding in findings:
            mark = "ok " if finding.good else "!! "
            print_sentence(console, f"{mark} {finding.subject}: {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1
