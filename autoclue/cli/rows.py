"""Print rows of named values: as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autoclue.cli.output import say, say_json

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 400
"""Characters of a line that stays whole."""
GAP = 2
"""Characters between two columns."""


def print_rows(
    title: str, rows: Sequence[Mapping[str, object]], *, as_json: bool, whole: bool = False
) -> None:
    """Print rows as a table whose columns are the names in the first one, or as JSON.

    Args:
        title: What the rows are, said where there is none.
        rows: The values of each by name.
        as_json: Whether to print a JSON list instead.
        whole: Whether no cell is broken. What is wider than the terminal stands in several
            tables, each of which begins with the first column.
    """
    if as_json:
        say_json(list(rows))
        return
    from autoclue.outside.consoles import PlainConsole

    console = PlainConsole()
    if not rows:
        console.print(f"No {title}.", soft_wrap=not console.is_terminal)
        return
    texts = [[_cell(value) for value in row.values()] for row in rows]
    names = list(rows[0])
    if not whole:
        console.print(_table(names, texts), soft_wrap=not console.is_terminal)
        return
    widest = PlainConsole(width=WIDEST)
    fits = console.width if console.is_terminal else WIDEST
    for i, columns in enumerate(_side_by_side(names, texts, fits)):
        held = [[row[k] for k in columns] for row in texts]
        table = _table([names[k] for k in columns], held, whole=True)
        widest.print(*([""] if i else []), table, soft_wrap=True)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], *, whole: bool = False) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(names):
        table.add_column(name, overflow="fold", no_wrap=whole or i == 0)
    for row in rows:
        table.add_row(*row)
    return table


def _side_by_side(
    names: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[list[int]]:
    """Choose the columns that stand in one table after another, the first one in each.

    Args:
        names: Of the columns.
        rows: The texts of each.
        width: How many characters a line of a table may have.
    """
    from rich.cells import cell_len

    sizes = [
        max(cell_len(name), *(cell_len(row[i]) for row in rows)) for i, name in enumerate(names)
    ]
    found: list[list[int]] = []
    room = 0
    for i in range(1, len(names)):
        if not found or sizes[i] + GAP > room:
            found.append([0])
            room = width - sizes[0]
        found[-1].append(i)
        room -= sizes[i] + GAP
    return found or [[0]]


def print_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as CSV with a header; a row may lack a column that another one has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    say(text.getvalue(), end="")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) and abs(value) < 1 else str(value)
