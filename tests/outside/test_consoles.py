"""Consoles show strings, and leave out what is no text."""

from __future__ import annotations

import sys

import pytest
from rich.live import Live

from autoclue.outside.consoles import PlainConsole


def test_a_string_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    PlainConsole(width=40).print("red: \x1b[31mred")
    assert capsys.readouterr().out == "red: \\u001b[31mred\n"


def test_a_style_that_a_log_left_in_a_stream_is_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    console = PlainConsole(width=40)
    monkeypatch.setattr(console, "_force_terminal", True)
    with Live("table", console=console):
        stream = sys.stdout
        stream.write("\x1b[0m")
    before = capsys.readouterr().out
    stream.flush()
    assert "table" in before
    assert capsys.readouterr().out == ""


def test_an_empty_line_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    PlainConsole(width=40).print()
    PlainConsole(width=40).print("")
    assert capsys.readouterr().out == "\n\n"
