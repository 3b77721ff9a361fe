"""Print what ``--plan`` and ``--probe`` tell of a search or a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autoclue.cli.output import say_json
from autoclue.cli.rows import print_rows

if TYPE_CHECKING:
    from autoclue.api import Planned
    from autoclue.search.forecast import Estimate


def show_planned(planned: Planned, *, as_json: bool) -> None:
    """Print the runs of a search, those of equal cost together."""
    from autoclue.screen import kind_rows, say_cards, short_names

    rows = kind_rows(planned.kinds)
    shown = rows if as_json else short_names(rows, task=False)
    print_rows("runs", shown, as_json=as_json, whole=True)
    if not as_json:
        say_cards(planned.resources)


def show_probed(
    planned: Planned, estimate: Estimate, more: Mapping[str, object], *, as_json: bool
) -> None:
    """Print what a probe says of all runs.

    Args:
        planned: What would run.
        estimate: What it would take.
        more: What JSON holds beside it.
        as_json: Whether to print JSON and nothing else.
    """
    from autoclue.screen import estimate_rows, estimate_totals, say_estimate, short_names

    rows = estimate_rows(estimate)
    if as_json:
        say_json({**more, "kinds": rows, "total": estimate_totals(estimate)})
        return
    several = len({row["task"] for row in rows}) > 1
    print_rows("runs", short_names(rows, task=several), as_json=False, whole=True)
    say_estimate(estimate, planned.resources)
