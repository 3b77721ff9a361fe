"""How the terminal's sentences and labelled lines are printed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from autoclue.errors import printing
from autoclue.outside import ShownFormatter, shown

LABEL_WIDTH = 9
WIDEST = 1000
"""Characters of a line in a file or a pipe at most."""


class PlainConsole(Console):
    """A console on which no string is obeyed: neither markup nor a terminal's own sequences.

    Styles are given as objects; the framework imposes the base class.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render something; its text holds nothing that a terminal obeys."""
        for each in super().render(renderable, options):
            yield each if each.control else Segment(shown(each.text), each.style)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print something.

        Raises:
            AutoclueError: The output takes nothing more.
        """
        with printing():
            super().print(*objects, **options)


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


def short_path(path: Path) -> str:
    """Write a path relative to the working folder where it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def terminal_log() -> logging.Logger:
    """Print the training log to the terminal's error stream, so that results stay apart.

    An error that ends the training is left out: the command itself says it.
    """
    log = logging.Logger("autoclue.train")
    handler = logging.StreamHandler()
    handler.setFormatter(ShownFormatter("%(message)s"))
    handler.addFilter(lambda record: record.levelno < logging.ERROR)
    log.addHandler(handler)
    return log
