"""Show a single training: its log, and between two evaluations how far it is."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from autoclue.reporting import duration
from autoclue.screen.pace import speed_in_words
from autoclue.screen.text import can_redraw, progress_console
from autoclue.training.logs import StepProgress

QUIET_S = 60.0
"""Where nothing can be drawn anew, a line says at most so often how far a training is."""

Tell = Callable[[StepProgress], None]


class _ToConsole(logging.Handler):
    """Prints the lines of a log on a console, above what it draws anew."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(record.getMessage(), markup=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class ShownTraining:
    """What a training is given to show itself by.

    Attributes:
        log: Gets the lines of the training log; an error that ends the training is left out,
            because whoever called says it.
        tell: Is told how far it is.
    """

    log: logging.Logger
    tell: Tell


@contextlib.contextmanager
def watch_training() -> Iterator[ShownTraining]:
    """Print a training's log to the error stream, with a bar where that can be drawn anew."""
    console = progress_console()
    log = logging.Logger("autoclue.train")
    handler = _ToConsole(console)
    handler.addFilter(lambda record: record.levelno < logging.ERROR)
    log.addHandler(handler)
    if not can_redraw(console):
        yield ShownTraining(log, minute_lines(log))
        return
    bar = Progress(
        TextColumn("step {task.completed}/{task.total:g}"),
        *(BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()),
        console=console,
        transient=True,
    )
    with bar:
        yield ShownTraining(log, _drawn(bar))


def _drawn(bar: Progress) -> Tell:
    """Return what moves a bar, which appears once the first steps are done."""

    def tell(progress: StepProgress) -> None:
        if not bar.tasks:
            bar.add_task("", total=progress.total_steps)
        bar.update(bar.tasks[0].id, completed=progress.step, description=speed_words(progress))

    return tell


def speed_words(progress: StepProgress) -> str:
    """Write how fast a training goes and how long it will take."""
    speed, left_s = speed_in_words(progress), progress.left_s
    if left_s is None or progress.step >= progress.total_steps:
        return speed
    return f"{speed}, about {duration(left_s)} left"


def minute_lines(log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> Tell:
    """Return what logs a line of progress at most once a minute.

    Args:
        log: Gets the lines.
        clock: Gives seconds; tests give their own.
    """
    last_s = clock()

    def tell(progress: StepProgress) -> None:
        nonlocal last_s
        if clock() - last_s < QUIET_S:
            return
        last_s = clock()
        log.info(f"step {progress.step}/{progress.total_steps:g}, {speed_words(progress)}")

    return tell
