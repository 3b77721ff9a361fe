"""``autoclue report``: write a study's page anew, from its ledger alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.options import Folder, Json


def report(
    study: Annotated[
        str, typer.Argument(help="Name or folder of a study ('autoclue ls studies').")
    ],
    folder: Folder = Path("autoclue-studies"),
    as_json: Json = False,
) -> int:
    """Write report.html and results.json of a study, running or finished.

    Example: `autoclue report xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`
    """
    from autoclue import api
    from autoclue.cli.screen import close_study

    close_study(api.report(study, folder=folder), as_json=as_json)
    return 0
