"""The pictures of the README are drawn from what a terminal was really sent."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from rich.text import Text

from docs.terminal_picture import COLUMNS, draw, record, screen

DISPLAY = """
import sys
from rich.console import Console
from rich.live import Live

console = Console(stderr=True, highlight=False)
console.print("[bold]before[/]")
shown = ["[green]one[/]"]
with Live(console=console, get_renderable=lambda: "\\n".join(shown), auto_refresh=False) as live:
    for word in ("two", "three"):
        shown.append(word)
        live.refresh()
    shown[0] = "[yellow]1[/]"
print("after", console.width, sys.stdin.isatty())
"""


def plain(lines: list[str]) -> list[str]:
    """The lines without colours."""
    return [Text.from_ansi(line).plain for line in lines]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a live display sends to a terminal."""
    text, status = record([sys.executable, "-c", DISPLAY], tmp_path_factory.mktemp("run"))
    assert status == 0
    return text


def test_a_live_display_ends_as_its_last_frame(printed: str) -> None:
    assert plain(screen(printed)) == ["before", "1", "two", "three", f"after {COLUMNS} True"]


def test_colours_survive(printed: str) -> None:
    lines = screen(printed)
    assert lines[0] == "\x1b[1mbefore\x1b[0m"
    assert lines[1] == "\x1b[33m1\x1b[0m"


def test_the_status_of_a_command_that_fails_is_told(tmp_path: Path) -> None:
    assert record([sys.executable, "-c", "exit(3)"], tmp_path) == ("", 3)


def test_moves_without_a_count_are_by_one() -> None:
    assert screen("a\r\nb\x1b[A\rc\x1b[B\rd\x1b[2Ke") == ["c", "e"]


def test_the_drawing_needs_nothing_from_elsewhere(printed: str) -> None:
    drawn = draw(screen(printed), title="a title")
    assert set(re.findall(r"https?://[^\"' )]*", drawn)) <= {
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",
    }
    assert "@font-face" not in drawn
    assert "before" in drawn
    assert "a&#160;title" in drawn or "a title" in drawn


def test_the_same_screen_gives_the_same_drawing() -> None:
    assert draw(["one"], title="t") == draw(["one"], title="t")


def test_a_long_line_is_folded() -> None:
    drawn = draw(["x" * (COLUMNS + 5)], title="t")
    assert f">{'x' * COLUMNS}<" in drawn
    assert f">{'x' * 5}<" in drawn
