"""``autoclue compare``: several studies side by side."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from autoclue.cli.completion import completer
from autoclue.cli.options import Given, with_options
from autoclue.cli.output import say
from autoclue.option_fields import OUTPUT, read_options
from autoclue.options import StudiesFolder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autoclue.reporting import StudyLine


class TableForm(str, Enum):
    """How a comparison is written."""

    TABLE = "table"
    MARKDOWN = "markdown"
    CSV = "csv"
    LATEX = "latex"


@with_options(StudiesFolder)
def compare_command(
    given: Given,
    studies: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names, beginnings of names or folders of studies; default: all of --folder.",
            show_default=False,
            autocompletion=completer("study"),
        ),
    ] = None,
    form: Annotated[
        TableForm,
        typer.Option("--format", help="How to write it.", rich_help_panel=OUTPUT),
    ] = TableForm.TABLE,
) -> int:
    """Put studies side by side: task, strategy and model, baseline, winner, test part and seeds.

    Below stands which winners can be told apart from their baseline and, on the same task and
    data, from each other. `--format markdown`, `csv` and `latex` print the table alone.

    Examples:
    `autoclue compare xnli-uniform xnli-discriminative`

    `autoclue compare --format latex > table.tex`
    """
    from autoclue.errors import UsageError
    from autoclue.reporting import study_line, write_table
    from autoclue.search.study import find_study, load_study, study_names

    arguments = read_options(StudiesFolder, given)
    folder, follow = arguments.folder, arguments.follow_storage
    names = studies or study_names(folder)
    if not names:
        raise UsageError(f"There is no study in {folder} to compare; 'autoclue tune' begins one.")
    places = list(dict.fromkeys(find_study(folder, name) for name in names))
    lines = [study_line(load_study(place, follow_storage=follow)) for place in places]
    if form is TableForm.TABLE:
        _show(lines)
    else:
        say(write_table(lines, form.value), end="")
    return 0


ALWAYS = ("task", "strategy", "model", "baseline", "winner", "difference", "judged")
NARROW, WIDE = 100, 140
"""From which widths of a terminal on the test part is shown, and then everything."""


def _columns(rows: Sequence[Mapping[str, str]], width: int | None) -> list[str]:
    """Choose the columns that hold something and fit; the study's name where nothing else tells.

    Args:
        rows: Cells by column.
        width: Characters of the terminal; ``None`` where lines may be as long as they are.
    """
    told = {(row["task"], row["strategy"], row["model"]) for row in rows}
    wanted = {*ALWAYS, *(() if len(told) == len(rows) else ("study",))}
    if width is None or width >= NARROW:
        wanted |= {"test baseline", "test winner"}
    if width is None or width >= WIDE:
        wanted |= set(rows[0])
    return [name for name in rows[0] if name in wanted and any(row[name] for row in rows)]


def _show(lines: Sequence[StudyLine]) -> None:
    from rich.table import Table

    from autoclue.reporting import comparison_cells, comparison_sentences
    from autoclue.screen import print_sentence, table_console

    console = table_console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    rows = [comparison_cells(line) for line in lines]
    shown = _columns(rows, console.width if console.is_terminal else None)
    for heading in shown:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(row[heading] for heading in shown))
    console.print(table)
    for sentence in comparison_sentences(lines):
        print_sentence(console, sentence)
