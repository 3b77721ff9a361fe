"""``autoclue show``: a study's trials, and how far each is from the baseline."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.output import say, say_json
from autoclue.option_fields import OUTPUT, read_options
from autoclue.options import StudyToRead

if TYPE_CHECKING:
    from rich.table import Table

    from autoclue.records import StudyRecord
    from autoclue.reporting import ListedTrial, MetricScale


WIDE = 100
"""From which width of a terminal on progress and time are shown."""


@with_options(StudyToRead)
def show_command(
    given: Given,
    as_csv: Annotated[
        bool,
        typer.Option(
            "--csv", help="Print all trials as CSV, nothing else.", rich_help_panel=OUTPUT
        ),
    ] = False,
    as_json: Json = False,
) -> int:
    """List a study's trials, the best first, with their differences to the baseline.

    Of the searched settings a trial shows those that are others than the baseline's. The study
    may still run; nothing is written.

    Examples:
    `autoclue show xnli-discriminative-builtin-1a2b3c4d`

    `autoclue show xnli --csv > trials.csv`
    """
    from autoclue import api
    from autoclue.reporting import trial_lines, trials_frame

    existing = read_options(StudyToRead, given)
    study = api.load(
        existing.study, folder=existing.folder, follow_storage=existing.follow_storage
    ).study
    if as_csv:
        say(trials_frame(study).to_csv(index=False), end="")
    elif as_json:
        rows = [asdict(line) for line in trial_lines(study)]
        say_json(rows)
    else:
        _show(study)
    return 0


def _show(study: StudyRecord) -> None:

    from autoclue.reporting import closing_sentences, scale_of, trial_lines
    from autoclue.screen import print_sentence, table_console

    console = table_console()
    asked = study.settings
    print_sentence(console, study.name)
    names = ("task", "model", "data", "strategy", "space", "sampler", "scheduler")
    print_sentence(console, ", ".join(f"{name} {asked[name]}" for name in names if name in asked))
    wide = not console.is_terminal or console.width >= WIDE
    table = _table(trial_lines(study), scale_of(study), wide=wide)
    console.print(table)
    for sentence in closing_sentences(study):
        print_sentence(console, sentence)


def _table(lines: tuple[ListedTrial, ...], scale: MetricScale, *, wide: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    from autoclue.reporting import settings_text

    table = Table(box=None, pad_edge=False, header_style="bold")
    more = ("done", "time") if wide else ()
    for column in ("trial", "state", "score", "to baseline", *more):
        table.add_column(column, justify="left" if column == "state" else "right", no_wrap=True)
    table.add_column("settings", overflow="fold")
    for line in lines:
        role = f" ({line.role})" if line.role else ""
        table.add_row(
            str(line.number),
            f"{line.state.lower()}{role}",
            "" if line.score is None else scale.text(line.score),
            "" if line.difference is None else scale.difference(line.difference),
            *((_share(line.done), f"{line.seconds:,.0f} s") if wide else ()),
            Text(settings_text(line.settings) or ("as the baseline" if line.role == "" else "")),
        )
    return table


def _share(done: float | None) -> str:
    return "" if done is None else f"{done:.0%}"
