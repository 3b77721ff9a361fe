"""Show a search as a live table with a bar, on a terminal that can redraw."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autoclue.records import Evaluation, TrialState
from autoclue.reporting import duration
from autoclue.screen.pace import speed_in_words
from autoclue.screen.tally import SCORING, Tally
from autoclue.screen.text import scores_by_name

if TYPE_CHECKING:
    from autoclue.search.store import Prepared
    from autoclue.training import TrialConfig

STYLES = {
    TrialState.RUNNING: "cyan",
    TrialState.COMPLETE: "green",
    TrialState.PRUNED: "yellow",
    TrialState.FAIL: "red",
}

COLUMNS = {
    **{"trial": 0, "state": 0, "progress": 44, "score": 0, "best": 0},
    **{"settings": 64, "note": 80},
}
"""What the table shows, and from which width of the terminal on."""

SHARES = {"settings": 3, "note": 2}
"""How columns divide what the others leave."""

MOST_ROWS = 12
"""Rows to show; running trials are beyond that, as far as the terminal has room."""
OTHER_LINES = 8
"""Lines of a terminal that the table's heading, the bar and what stands below it take."""


@dataclass(slots=True)
class _Row:
    settings: str
    state: TrialState = TrialState.RUNNING
    total: float | None = None
    step: int = 0
    score: float | None = None
    best: float | None = None
    note: str = "loading"
    interrupted: bool = False

    def cells(self) -> dict[str, str | Text]:
        """Return the row's cells by their column."""
        halted = self.interrupted and self.state is TrialState.RUNNING
        state = "interrupted" if halted else self.state.value.lower()
        return {
            "state": Text(state, style="yellow" if halted else STYLES[self.state]),
            "progress": "" if not self.total else f"{self.step / self.total:.0%}",
            "score": "" if self.score is None else f"{self.score:.4f}",
            "best": "" if self.best is None else f"{self.best:.4f}",
            "settings": Text(self.settings),
            "note": Text(self.note),
        }


def _columns(width: int) -> list[str]:
    """Choose what fits into a terminal of so many characters."""
    return [name for name, needed in COLUMNS.items() if width >= needed]


@dataclass(slots=True)
class LiveListener:
    """Keeps a table of running and recent trials, a bar for the whole search and how it stands.

    Attributes:
        console: Where to draw.
        tally: Keeps count.
        heading: Heading of the column that names the trials.
        rows: What is known of each trial of this run, by its number.
    """

    console: Console
    tally: Tally
    heading: str = "trial"
    rows: dict[int, _Row] = field(default_factory=dict)
    _live: Live = field(init=False)
    _progress: Progress = field(init=False)
    _doing: str = ""

    def __post_init__(self) -> None:
        """Prepare the display."""
        self._progress = Progress(
            TextColumn(f"{self.heading}s"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )
        self._progress.add_task("", total=self.tally.total, completed=self.tally.n_ended)
        self._live = Live(
            console=self.console, get_renderable=self.render, refresh_per_second=4, transient=False
        )

    def __enter__(self) -> LiveListener:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Draw once more and stop."""
        self._doing = ""
        self._live.refresh()
        self._live.stop()

    def render(self) -> Group:
        """Draw the table, the bar and the lines below it as they stand."""
        return Group(self._table(), self._progress, *map(Text, self._standing()))

    def _table(self) -> Table:
        names = _columns(self.console.width)
        shared = any(name in SHARES for name in names)
        table = Table(box=None, pad_edge=False, header_style="bold", expand=shared)
        for name in names:
            share = SHARES.get(name)
            table.add_column(
                self.heading if name == "trial" else name,
                justify="left" if name == "state" or share else "right",
                overflow="ellipsis",
                no_wrap=True,
                ratio=share,
            )
        for number, row in self._visible():
            self._move(number, row)
            cells = {"trial": self.tally.name(number).removeprefix("trial "), **row.cells()}
            table.add_row(*(cells[name] for name in names))
        return table

    def _move(self, number: int, row: _Row) -> None:
        """Take over what a running trial says of itself between evaluations."""
        if row.state is not TrialState.RUNNING or row.interrupted:
            return
        found = self.tally.progress(number)
        if found is None:
            return
        row.step, row.total = found.step, found.total_steps
        speed = speed_in_words(found)
        left_s = found.left_s
        row.note = speed if left_s is None else f"{duration(left_s)} left, {speed}"

    def _standing(self) -> list[str]:
        tally = self.tally
        parts = (
            *(tally.counts(), tally.best_words(), tally.pace_words(), tally.device_words()),
            tally.chance_words(),
            self._doing,
        )
        return [part for part in parts if part]

    def _visible(self) -> list[tuple[int, _Row]]:
        """Return the rows to show; of more running trials than fit, those that began last."""
        running = [n for n, row in self.rows.items() if row.state is TrialState.RUNNING]
        running = running[-max(MOST_ROWS, self.console.height - OTHER_LINES) :]
        room = max(0, MOST_ROWS - len(running))
        ended = (
            n for n, row in reversed(self.rows.items()) if row.state is not TrialState.RUNNING
        )
        return [(n, self.rows[n]) for n in sorted([*islice(ended, room), *running])]

    def started(self, number: int, config: TrialConfig) -> None:
        """Add a row, or take up that of a trial which goes on."""
        self.tally.begin(number, config)
        self.rows.setdefault(number, _Row(self.tally.summary(config))).note = "loading"

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Note the trial's length."""
        self.tally.prepared(number, prepared.total_steps)
        self.rows[number].total = prepared.total_steps
        self.rows[number].note = "training"

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Move the row on."""
        self.tally.score(number, evaluation.score, step=evaluation.step)
        row = self.rows[number]
        row.step, row.score = evaluation.step, evaluation.score
        row.best = self.tally.scores[number]
        named = scores_by_name(evaluation.scores)
        row.note = ", ".join(filter(None, (named, f"{evaluation.steps_per_s:.1f} steps/s")))

    def requeued(self, number: int, reason: str) -> None:
        """Note why a trial will go on later."""
        self.rows[number].note = reason

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Close the row and move the bar on."""
        self.tally.end(number, state)
        row = self.rows[number]
        row.state, row.note = state, reason or ""
        self._progress.update(self._progress.task_ids[0], completed=self.tally.n_ended)

    def scoring(self, number: int, split: str) -> None:
        """Show what is scored, until the display ends."""
        self._doing = f"{self.tally.name(number)} {SCORING[split]}"

    def noted(self, text: str) -> None:
        """Print above the display what concerns the search as a whole."""
        self.console.print(text, markup=False)

    def interrupted(self, words: str) -> None:
        """Show at once that Ctrl-C was heard, and which trials it interrupts."""
        self.tally.interrupted = True
        for row in self.rows.values():
            row.interrupted = True
            row.note = "goes on when resumed" if row.state is TrialState.RUNNING else row.note
        self.console.print(words, markup=False, soft_wrap=not self.console.is_terminal)
        self._live.refresh()
