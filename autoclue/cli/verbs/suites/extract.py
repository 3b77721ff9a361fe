"""``autoclue extract``: the best result of each task with its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.rows import print_csv, print_rows
from autoclue.errors import UsageError
from autoclue.option_fields import OUTPUT, read_options
from autoclue.suite_options import ExtractArguments

if TYPE_CHECKING:
    from autoclue.reporting import BestResult

Csv = Annotated[
    bool,
    typer.Option("--csv", help="Print the result as CSV, nothing else.", rich_help_panel=OUTPUT),
]


@with_options(ExtractArguments)
def extract_command(given: Given, as_csv: Csv = False, as_json: Json = False) -> int:
    """Print the best result of each task with its learning rate, batch size and dropout.

    Figures are rounded and ties are shown; `--as-published` cuts and decides as the published
    script does.

    Examples:
    `autoclue extract grid-ernie-3.0-base-zh-1a2b3c4d`

    `autoclue extract grid-rbt3-1a2b3c4d-1of2 grid-rbt3-1a2b3c4d-2of2 --csv`
    """
    from autoclue import api
    from autoclue.screen import print_summaries

    if as_csv and as_json:
        raise UsageError("Both --csv and --json are given; give one of them.")
    arguments = read_options(ExtractArguments, given)
    results = api.extracted(arguments)
    if as_csv:
        print_csv([line for row in _rows(results) for line in _lines(row)])
    elif as_json:
        print_rows("results", _rows(results), as_json=True)
    else:
        print_summaries(results, as_published=arguments.as_published)
    return 0


def _rows(results: Sequence[BestResult]) -> list[dict[str, object]]:
    from autoclue.reporting import result_rows

    return result_rows(results)


def _lines(row: dict[str, object]) -> list[dict[str, object]]:
    """Put a result into a line for each run that reaches it, every value in its column."""
    whole = dict(row)
    inner = [whole.pop(name) for name in ("scores_percent", "published_percent", "winners")]
    scores, published, winners = inner
    assert isinstance(scores, dict)
    assert isinstance(published, dict)
    assert isinstance(winners, list)
    figures = list(scores.values())
    found = {
        **whole,
        "score": figures[0] if figures else None,
        "f1": scores.get("f1"),
        "published": next(iter(published.values()), None),
    }
    return [{**found, **winner} for winner in winners] or [found]
