"""``autoclue replay``: what a scheduler would have made of a study's recorded curves."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.output import say_json
from autoclue.option_fields import read_options
from autoclue.options import ReplayArguments

if TYPE_CHECKING:
    from rich.table import Table

    from autoclue.search.replay import Replay


@with_options(ReplayArguments)
def replay_command(given: Given, as_json: Json = False) -> int:
    """Replay a scheduler over a study: would its winner have survived, what would it have saved?

    Nothing is trained. A finished grid that nothing was stopped in is the best input.

    Example: `autoclue replay my-grid --scheduler asha --parallel 4`
    """
    from autoclue import api

    arguments = read_options(ReplayArguments, given)
    existing = arguments.existing
    found = api.replay(
        existing.study,
        scheduler=arguments.scheduler,
        parallel=arguments.parallel,
        folder=existing.folder,
        follow_storage=existing.follow_storage,
    )
    if as_json:
        rows = [{**asdict(each), **_shares(each)} for each in found]
        say_json(rows)
        return 0
    _show(found)
    return 0


def _shares(replay: Replay) -> dict[str, float]:
    names = ("saved_share", "saved_share_at_most", "study_saved_share")
    return {name: getattr(replay, name) for name in names}


def _show(found: tuple[Replay, ...]) -> None:
    from autoclue.screen import result_console

    console = result_console()
    console.print(_about(found[0]), soft_wrap=True)
    console.print(_comparison(found), soft_wrap=not console.is_terminal)
    if found[0].recorded_steps < found[0].whole_steps:
        console.print(
            "Savings are counted against the same trials, all run to their end; the study itself "
            f"has saved {found[0].study_saved_share:.1%} of that.",
            soft_wrap=not console.is_terminal,
        )
    for each in found:
        if each.beyond:
            numbers = ", ".join(map(str, each.beyond))
            console.print(
                f"{each.scheduler} would have let go on what the study cut short, with an unknown "
                f"end: trial {numbers}.",
                soft_wrap=True,
            )
    if len(found) == 1 and found[0].stops:
        console.print(_stops(found[0]), soft_wrap=not console.is_terminal)


def _about(replay: Replay) -> str:
    """Describe the record that is replayed."""
    parts = [f"{replay.whole} whole"]
    if replay.failed:
        parts.append(f"{replay.failed} failed")
    if replay.cut_short:
        parts.append(f"{replay.cut_short} cut short, so that nobody knows how they would go on")
    winner = "none is complete"
    if replay.winner is not None:
        winner = f"the winner is trial {replay.winner} with {replay.winner_score:.4f}"
    workers = "1 worker" if replay.workers == 1 else f"{replay.workers} workers"
    return f"{replay.trials} curves: {', '.join(parts)}; {winner}. Replayed on {workers}."


def _comparison(found: tuple[Replay, ...]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("scheduler", "stops", "steps", "saved", "time", "winner survives", "best"):
        table.add_column(column, no_wrap=True)
    for each in found:
        survives = {True: "yes", False: "no", None: ""}[each.winner_survives]
        table.add_row(
            each.scheduler,
            str(len(each.stops)),
            f"{_between(each.steps_taken, each.steps_at_most)} of {each.whole_steps:,}",
            _saved(each),
            f"{'at least ' if each.beyond else ''}{each.seconds:,.0f} of {each.whole_s:,.0f} s",
            survives,
            "" if each.best_score is None else f"{each.best_score:.4f}",
        )
    return table


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _saved(replay: Replay) -> str:
    """Write what would have been saved; a range where the record doesn't tell."""
    low, high = replay.saved_share, replay.saved_share_at_most
    return f"{low:.1%}" if low == high else f"{low:.1%} to {high:.1%}"


def _stops(replay: Replay) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("trial", "stopped after", "reached on record", "why"):
        table.add_column(column, overflow="fold", no_wrap=column != "why")
    for each in replay.stops:
        table.add_row(
            str(each.number), f"{each.stop.step:,}", f"{each.recorded_best:.4f}", each.stop.reason
        )
    return table
