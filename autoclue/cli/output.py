"""The one place where text goes to the terminal: strings are shown there, and never obeyed.

Passwords in addresses are hidden there, wherever they come from. Tables and progress go through
the consoles of ``screen``, which are made alike.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import TextIO

import typer

from autoclue.errors import AutoclueError, printing, reason_of
from autoclue.outside import ShownFormatter, hide_secrets, shown


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print a text.

    Args:
        text: What to print; lines of it stay lines.
        err: Whether it goes to the error stream.
        end: What follows it.
    """
    with printing():
        typer.echo(f"{shown(hide_secrets(text))}{end}", err=err, nl=False)


def say_json(value: object) -> None:
    """Print a value as JSON and nothing else."""
    say(json.dumps(value, ensure_ascii=False, indent=1))


def complain(message: str) -> None:
    """Print why a command ends, as one line of the error stream."""
    with contextlib.suppress(AutoclueError, OSError):  # nobody is left to be told
        say(f"autoclue: {' '.join(message.splitlines())}", err=True)


def prepare_streams() -> None:
    """Let warnings and the package's log go to the terminal as everything else does.

    A stream that was closed before the command began takes what is printed and drops it.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an encoding may lack what is to be printed
            stream.reconfigure(errors="backslashreplace")
    log = logging.getLogger("autoclue")
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(ShownFormatter("%(message)s"))
        log.addHandler(handler)
    warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    say(warnings.formatwarning(message, category, filename, lineno, line), err=True, end="")


def settle_output() -> None:
    """Leave nothing to be printed, so that Python's end doesn't complain of a full output."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def note_crash(error: BaseException) -> Path | None:
    """Write the trace of an error that nobody foresaw into a file that only its user can read.

    Returns:
        The file; ``None`` where none can be written.
    """
    text = hide_secrets("".join(traceback.format_exception(error)))
    try:
        handle, name = tempfile.mkstemp(prefix="autoclue-crash-", suffix=".log")
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return Path(name)


def crash_sentence(error: BaseException) -> str:
    """Say that something nobody foresaw has ended a command, and where the details lie."""
    log = note_crash(error)
    lies = "set AUTOCLUE_DEBUG=1 to see them" if log is None else f"they lie in {log}"
    return (
        f"Something happened that autoclue doesn't foresee: {hide_secrets(reason_of(error))}. "
        f"That is a mistake in autoclue; to report it, send the details: {lies}."
    )
