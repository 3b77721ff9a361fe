"""The commands that the command line itself recommends."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest
import typer.main

from autoclue.cli.app import app

Cli = Callable[..., CompletedProcess[str]]
Click = Any
"""Typer carries a Click of its own, whose types have no public names."""


def verbs(command: Click) -> Iterator[Click]:
    """Yield a command and all below it."""
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from verbs(each)


def examples() -> list[str]:
    found = [
        " ".join(text.split())
        for verb in verbs(typer.main.get_command(app))
        for text in re.findall(r"`(autoclue [^`]+)`", verb.help or "")
    ]
    return list(dict.fromkeys(found))


def parse(text: str) -> Click:
    """Read a command as the command line does; raises where it can't."""
    words: list[str] = shlex.split(text)[1:]
    command: Click = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command.make_context(command.name, words).params


@pytest.mark.parametrize("text", examples())
def test_every_example_of_the_help_parses(text: str) -> None:
    assert parse(text.partition(" > ")[0]) is not None


def test_the_first_example_of_all_needs_no_network() -> None:
    assert len(examples()) >= 10
    first = parse(examples()[0])
    assert (first["model"], first["data"]) == ("builtin", "builtin")


def test_what_data_write_recommends_needs_no_network(cli: Cli) -> None:
    done = cli("data", "write", "--task", "ocnli", "--builtin-size", "tiny", "--out", "here")
    params = parse(done.stdout.splitlines()[-1].removeprefix("next  "))
    assert (params["model"], params["data"]) == ("builtin", "here")


@pytest.mark.paddle
def test_what_new_model_recommends_needs_no_network(cli: Cli) -> None:
    done = cli("new-model", "tiny", "--layers", "1", "--hidden-size", "8")
    params = parse(done.stdout.splitlines()[-1].removeprefix("next  "))
    assert (params["model"], params["data"]) == ("tiny", "builtin")
