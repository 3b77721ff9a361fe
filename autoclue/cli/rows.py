"""Print rows of named values: as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from autoclue.cli.output import say, say_json

WIDEST = 400
"""Characters of a line that stays whole."""


def print_rows(
    title: str, rows: Sequence[Mapping[str, object]], *, as_json: bool, whole: bool = False
) -> None:
    """Print rows as a table whose columns are the names in the first one, or as JSON.

    Args:
        title: What the rows are, said where there is none.
        rows: The values of each by name.
        as_json: Whether to print a JSON list instead.
        whole: Whether the lines of the table stay whole however narrow the terminal is.
    """
    if as_json:
        say_json(list(rows))
        return
    from rich.table import Table

    from autoclue.outside.consoles import PlainConsole

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in rows[0] if rows else ():
        no_wrap = whole or column == next(iter(rows[0]))
        table.add_column(column, overflow="fold", no_wrap=no_wrap)
    for row in rows:
        table.add_row(*("" if value is None else _cell(value) for value in row.values()))
    console = PlainConsole(width=WIDEST if whole else None)
    console.print(table if rows else f"No {title}.", soft_wrap=whole or not console.is_terminal)


def print_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as CSV with a header; a row may lack a column that another one has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    say(text.getvalue(), end="")


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and abs(value) < 1 else str(value)
