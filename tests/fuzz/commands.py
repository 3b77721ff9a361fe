"""Every verb with its own options, and what a command may never do, whatever it is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import typer

from autoclue.cli import main
from autoclue.cli.app import app
from tests.fuzz.budget import SECRET, bounded

LONGEST_COMPLAINT = 20_000
"""Characters that a command may say of what it is given."""

Options = Mapping[str, bool]
"""Names of options, and whether a value follows."""


def verbs() -> dict[str, Options]:
    """List every verb of the command line with its options."""
    return dict(_verbs(typer.main.get_command(app), ()))


def _verbs(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Options]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _verbs(inner, (*path, name))
    if path and not hasattr(command, "commands"):
        named = [each for each in command.params if each.param_type_name == "option"]
        yield " ".join(path), {name: not each.is_flag for each in named for name in each.opts}


def run_verb(
    words: Sequence[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    codes: Sequence[int] = (0, 1, 2),
) -> str:
    """Run a command: it ends in an exit code and in sentences that may be shown to anybody.

    Args:
        words: Its words.
        capsys: Hears what it prints.
        monkeypatch: Stands in for the shell.
        codes: The exit codes that it may leave with.

    Returns:
        What it printed to its output.
    """
    monkeypatch.setattr(sys, "argv", ["autoclue", *words])
    with bounded(), pytest.raises(SystemExit) as leaving:
        main()
    printed = capsys.readouterr()
    assert leaving.value.code in codes, printed.err
    assert "Traceback" not in printed.err
    assert "\x1b" not in printed.out + printed.err
    assert SECRET not in printed.out + printed.err
    assert len(printed.err) < LONGEST_COMPLAINT
    return printed.out
