"""Which display a terminal gets, and what it says when Ctrl-C is pressed."""

from __future__ import annotations

import contextlib
import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from autoclue.screen.live import LiveListener
from autoclue.screen.opening import announce, announce_confirmation
from autoclue.screen.plain import PlainListener
from autoclue.screen.tally import Chance, Naming, Tally
from autoclue.screen.text import progress_console, short_path

if TYPE_CHECKING:
    from autoclue.search.spec import Plan
    from autoclue.search.study import ConfirmationRun, StudyRun
    from autoclue.search.tuner import Listener
    from autoclue.training import TrialConfig

DEFAULT_FOLDER = Path("autoclue-studies")


@contextlib.contextmanager
def watch(run: StudyRun | ConfirmationRun) -> Iterator[Listener]:
    """Print what will run, and show it while it does.

    A terminal that can redraw gets a live table, anything else plain lines.
    """
    from autoclue.search.store import read_study
    from autoclue.search.study import StudyRun

    if isinstance(run, StudyRun):
        announce(run)
        noun = "trial"
        tally = Tally(run.trials, chance=_chance(run.plan), baseline=run.plan.baseline)
    else:
        announce_confirmation(run)
        noun, tally = "confirmation run", Tally(run.total, naming=confirmation_names(run))
    tally.recall(read_study(run.ledger))
    with _display(tally, noun, resume_words(run.place.name, run.place.folder)) as listener:
        yield listener


def _chance(plan: Plan) -> Chance | None:
    score = plan.chance_score
    return None if score is None else Chance(score, plan.rows["selection"])


def confirmation_names(run: ConfirmationRun) -> Naming:
    """Return what calls a confirmation run by the trial whose settings it has, and by its seed."""
    numbers = {
        repr(sorted({**trial.config, "seed": None}.items())): trial.number
        for trial in run.study.trials
        if trial.number in run.request.candidates
    }

    def name(number: int, config: TrialConfig) -> str:
        key = repr(sorted({**config.model_dump(), "seed": None}.items()))
        return f"trial {numbers.get(key, number)} with seed {config.seed}"

    return name


def resume_words(name: str, folder: Path) -> str:
    """Write what is said at once when Ctrl-C is pressed: what stops, and how to go on."""
    usual = folder.parent.resolve() == DEFAULT_FOLDER.resolve()
    study = shlex.quote(name if usual else short_path(folder))
    return (
        f"Stopping the study {name}, which takes a few seconds; all that was reported is kept. "
        f"To go on: autoclue resume {study}"
    )


@contextlib.contextmanager
def _display(tally: Tally, noun: str, farewell: str) -> Iterator[LiveListener | PlainListener]:
    console = progress_console()
    display = _listener(console, tally, noun)
    with display as listener, _heard_at_once(listener, farewell):
        yield listener


def _listener(console: Console, tally: Tally, noun: str) -> LiveListener | PlainListener:
    """Choose the display; TERM=dumb is a terminal that would show nothing before the end."""
    if _can_redraw(console):
        return LiveListener(console, tally, heading=noun)
    return PlainListener(console, tally)


def _can_redraw(console: Console) -> bool:
    """Return whether what was shown can be drawn anew; a notebook needs ipywidgets for that."""
    if console.is_jupyter:
        return find_spec("ipywidgets") is not None
    return console.is_terminal and not console.is_dumb_terminal


@contextlib.contextmanager
def _heard_at_once(listener: LiveListener | PlainListener, farewell: str) -> Iterator[None]:
    """Print that Ctrl-C was heard before anything is wound up, which takes Ray some seconds."""
    said = False

    def say() -> None:
        nonlocal said
        if not said:
            said = True
            listener.interrupted(farewell)

    with _on_interrupt(say):
        try:
            yield
        except KeyboardInterrupt:
            say()
            raise


@contextlib.contextmanager
def _on_interrupt(say: Callable[[], None]) -> Iterator[None]:
    """Call a function when Ctrl-C is pressed, and then do what was done before."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def heard(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        say()
        before(number, frame)

    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
