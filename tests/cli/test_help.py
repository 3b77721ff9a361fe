from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from autoclue import __version__

Cli = Callable[..., CompletedProcess[str]]

VERBS = (
    *("tune", "train", "report", "show", "compare", "rm", "doctor", "new-model", "data", "ls"),
)
LISTS = ("tasks", "models", "spaces", "strategies", "studies")
COMMANDS = [
    (),
    *((verb,) for verb in VERBS),
    *(("ls", what) for what in LISTS),
    ("data", "write"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "autoclue")
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_verb_explains_itself(command: tuple[str, ...], option: str, cli: Cli) -> None:
    done = cli(*command, option)
    assert done.returncode == 0
    assert f"Usage: {' '.join(('autoclue', *command))}" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", [(), ("ls",), ("data",)])
def test_command_without_a_verb_shows_the_help_and_nothing_else(
    command: tuple[str, ...], cli: Cli
) -> None:
    done = cli(*command)
    assert done.returncode == 2
    assert "Usage: autoclue" in done.stdout + done.stderr
    assert "autoclue: " not in done.stderr


def test_version_is_printed(cli: Cli) -> None:
    assert cli("--version").stdout == f"autoclue {__version__}\n"


def test_every_verb_is_in_the_help(cli: Cli) -> None:
    printed = cli("--help").stdout
    assert [verb for verb in VERBS if verb not in printed] == []


def test_verbs_are_shown_in_groups(cli: Cli) -> None:
    printed = cli("--help").stdout
    for panel in ("Search and train", "Studies that are there", "Models and data", "Look around"):
        assert f"─ {panel} ─" in printed


@pytest.mark.parametrize(("verb", "panels"), [("tune", "Search"), ("train", "Settings")])
def test_options_are_shown_in_groups(verb: str, panels: str, cli: Cli) -> None:
    printed = cli(verb, "--help").stdout
    for panel in ("What", panels, "Budget", "Devices", "Output"):
        assert f"─ {panel} ─" in printed
