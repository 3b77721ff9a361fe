"""Folders that a verb takes as its arguments."""

from __future__ import annotations

from pathlib import Path

import typer

from autoclue.outside import check_name


def path_argument(text: str) -> Path:
    """Read the path of an argument, ``~`` included.

    Raises:
        typer.BadParameter: It can name no file.
    """
    try:
        check_name(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error
    return Path(text).expanduser()
