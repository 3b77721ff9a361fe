"""Show a search while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autoclue.records import Evaluation, TrialState

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
    **{"settings": 64, "note": 84},
}
"""What the table shows, and from which width of the terminal on."""

SHARES = {"settings": 3, "note": 2}
"""How columns divide what the others leave."""


PUBLISHED_SEED = 42


def settings_line(config: TrialConfig) -> str:
    """Put a trial's telling settings into a few words."""
    parts = [f"lr {config.learning_rate:.3g}", f"batch {config.batch_size}"]
    if config.dropout != 0.1:
        parts.append(f"dropout {config.dropout:g}")
    for name, value in config.strategy_params.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        parts.append(f"{name} {shown}")
    if config.seed != PUBLISHED_SEED:
        parts.append(f"seed {config.seed}")
    return ", ".join(parts)


class PlainListener:
    """Prints a line for every event."""

    def __init__(self, console: Console, *, noun: str = "trial") -> None:
        """Print to this console, and call what runs by this noun."""
        self._console = console
        self._noun = noun
        self._totals: dict[int, float] = {}

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def started(self, number: int, config: TrialConfig) -> None:
        """Print the settings of a trial that begins."""
        self._say(f"{self._noun} {number} begins: {settings_line(config)}")

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Remember how long the trial will be."""
        self._totals[number] = prepared.total_steps

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Print an evaluation."""
        self._say(
            f"{self._noun} {number} step {evaluation.step}/{self._totals.get(number, 0):g}: "
            f"score {evaluation.score:.4f}, loss {evaluation.train_loss:.4f}, "
            f"{evaluation.steps_per_s:.1f} updates/s"
        )

    def requeued(self, number: int, reason: str) -> None:
        """Print why a trial will go on later."""
        self._say(f"{self._noun} {number} waits: {reason}")

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Print how a trial ended."""
        best = "no score" if score is None else f"best {score:.4f}"
        why = "" if reason is None else f" ({reason})"
        self._say(f"{self._noun} {number} {state.value}: {best}{why}")

    def scoring(self, number: int) -> None:
        """Print what is scored on the test part."""
        self._say(f"{self._noun} {number} is scored on the test part")


@dataclass(slots=True)
class _Row:
    settings: str
    state: TrialState = TrialState.RUNNING
    total: float = 0.0
    step: int = 0
    score: float | None = None
    best: float | None = None
    note: str = "loading"

    def cells(self) -> dict[str, str]:
        """Give the row's cells by their column, as Rich's markup."""
        return {
            "state": f"[{STYLES[self.state]}]{self.state.value.lower()}[/]",
            "progress": f"{self.step / self.total:.0%}" if self.total else "",
            "score": "" if self.score is None else f"{self.score:.4f}",
            "best": "" if self.best is None else f"{self.best:.4f}",
            "settings": escape(self.settings),
            "note": escape(self.note),
        }


def _columns(width: int) -> list[str]:
    """Choose what fits into a terminal of so many characters."""
    return [name for name, needed in COLUMNS.items() if width >= needed]


@dataclass(slots=True)
class LiveListener:
    """Keeps a table of running and recent trials and a bar for the whole search.

    Attributes:
        console: Where to draw.
        trials: Trials that the study shall have in all.
        ended_before: Trials that earlier runs of the study have ended.
        rows: What is known of each trial of this run, by its number.
        shown: Rows to show; running trials always are.
        noun: What runs is called so.
    """

    console: Console
    trials: int
    ended_before: int = 0
    rows: dict[int, _Row] = field(default_factory=dict)
    shown: int = 12
    noun: str = "trial"
    _live: Live = field(init=False)
    _progress: Progress = field(init=False)
    _told: str = ""

    def __post_init__(self) -> None:
        """Prepare the display."""
        self._progress = Progress(
            TextColumn(f"{self.noun}s"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=self.console,
        )
        self._progress.add_task("", total=self.trials, completed=self.ended_before)
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
        self._progress.update(self._progress.task_ids[0], description=self._told)
        self._live.refresh()
        self._live.stop()

    def render(self) -> Group:
        """Draw the table and the bar as they stand."""
        names = _columns(self.console.width)
        shared = any(name in SHARES for name in names)
        table = Table(box=None, pad_edge=False, header_style="bold", expand=shared)
        for name in names:
            share = SHARES.get(name)
            table.add_column(
                name,
                justify="left" if name == "state" or share else "right",
                overflow="ellipsis",
                no_wrap=True,
                ratio=share,
            )
        for number, row in self._visible():
            cells = {"trial": str(number), **row.cells()}
            table.add_row(*(cells[name] for name in names))
        return Group(table, self._progress)

    def _visible(self) -> list[tuple[int, _Row]]:
        running = [n for n, row in self.rows.items() if row.state is TrialState.RUNNING]
        ended = [n for n in self.rows if n not in running]
        room = max(0, self.shown - len(running))
        recent = ended[len(ended) - room :] if room else []
        return [(n, self.rows[n]) for n in sorted([*recent, *running])]

    def started(self, number: int, config: TrialConfig) -> None:
        """Add a row, or take up that of a trial which goes on."""
        self.rows.setdefault(number, _Row(settings_line(config))).note = "loading"

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Note the trial's length."""
        self.rows[number].total = prepared.total_steps
        self.rows[number].note = "training"

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Move the row on."""
        row = self.rows[number]
        row.step, row.score = evaluation.step, evaluation.score
        row.best = max(evaluation.score, row.best if row.best is not None else 0.0)
        row.note = f"{evaluation.steps_per_s:.1f} updates/s"

    def requeued(self, number: int, reason: str) -> None:
        """Note why a trial will go on later."""
        self.rows[number].note = reason

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Close the row and move the bar on."""
        row = self.rows[number]
        row.state, row.note = state, reason or ""
        finished = [r for r in self.rows.values() if r.state is not TrialState.RUNNING]
        best = max((r.best for r in finished if r.best is not None), default=None)
        self._told = "" if best is None else f"best so far {best:.4f}"
        self._progress.update(self._progress.task_ids[0], advance=1, description=self._told)

    def scoring(self, number: int) -> None:
        """Say beside the bar what is scored on the test part, until the display ends."""
        text = f"{self.noun} {number} is scored on the test part"
        self._progress.update(self._progress.task_ids[0], description=text)
