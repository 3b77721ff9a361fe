"""How the terminal's sentences and labelled lines are printed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autoclue.errors import printing
from autoclue.outside import shown
from autoclue.outside.consoles import PlainConsole

LABEL_WIDTH = 9
WIDEST = 1000
"""Characters of a line in a file or a pipe at most."""


def progress_console() -> Console:
    """Make a console for what happens on the way: the error stream."""
    return PlainConsole(stderr=True)


def result_console() -> Console:
    """Make a console for results: the output stream."""
    return PlainConsole()


def table_console(*, width: int = WIDEST, whole: bool = False) -> Console:
    """Make a console for tables of results: as wide as they are where nothing shows them.

    Args:
        width: How wide that is, in characters.
        whole: Whether they are so on a terminal too.
    """
    console = result_console()
    return PlainConsole(width=width) if whole or not console.is_terminal else console


def print_text(text: str) -> None:
    """Print a text that is whole, such as a file of results.

    Raises:
        AutoclueError: The output takes nothing more.
    """
    with printing():
        sys.stdout.write(shown(text))


def can_redraw(console: Console) -> bool:
    """Return whether what was shown can be drawn anew; a notebook needs ipywidgets for that."""
    if console.is_jupyter:
        return find_spec("ipywidgets") is not None
    return console.is_terminal and not console.is_dumb_terminal


def print_sentence(console: Console, sentence: str) -> None:
    """Print a sentence: broken between words on a terminal, in one line elsewhere."""
    console.print(sentence, markup=False, soft_wrap=not console.is_terminal)


def print_labelled(console: Console, label: str, text: str) -> None:
    """Print a text behind its label; on a terminal its further lines stand below the first."""
    if not console.is_terminal:
        console.print(f"{label:>{LABEL_WIDTH}}  {text}", markup=False, soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", width=LABEL_WIDTH, style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(label, Text(text))
    console.print(grid)


def print_whole(console: Console, label: str, text: str) -> None:
    """Print a path or a command behind its label, never broken, so that it can be copied."""
    line = Text(f"{label:>{LABEL_WIDTH}}", style="bold")
    line.append(f"  {text}", style="not bold")
    console.print(line, soft_wrap=True)


def scores_by_name(scores: Mapping[str, float]) -> str:
    """Write all scores of a metric that has several: "em 0.2500, f1 0.5000"; else nothing.

    Args:
        scores: In [0, 1], by name.
    """
    return "" if len(scores) < 2 else scores_in_words(scores)


def scores_in_words(scores: Mapping[str, float]) -> str:
    """Write scores behind their names."""
    return ", ".join(f"{name} {score:.4f}" for name, score in scores.items())


def short_path(path: Path) -> str:
    """Write a path relative to the working folder where it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
