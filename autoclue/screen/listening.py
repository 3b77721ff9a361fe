"""Which display a terminal gets, and what it says when it is asked to end."""

from __future__ import annotations

import contextlib
import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from autoclue.option_fields import read_options
from autoclue.options import StudiesFolder
from autoclue.screen.live import LiveListener
from autoclue.screen.opening import announce, announce_confirmation
from autoclue.screen.pace import SearchPace
from autoclue.screen.plain import PlainListener
from autoclue.screen.tally import Chance, Naming, Tally
from autoclue.screen.text import can_redraw, progress_console, short_path
from autoclue.system import ENDING

if TYPE_CHECKING:
    from autoclue.search.execution import Resources
    from autoclue.search.spec import Plan
    from autoclue.search.study import ConfirmationRun, StudyRun
    from autoclue.search.tuner import Listener
    from autoclue.training import TrialConfig


@contextlib.contextmanager
def watch(run: StudyRun | ConfirmationRun) -> Iterator[Listener]:
    """Print what will run, and show it while it does.

    A terminal that can redraw gets a live table, anything else plain lines.
    """
    from autoclue.search.execution import trial_folder
    from autoclue.search.store import read_study
    from autoclue.search.study import StudyRun

    if isinstance(run, StudyRun):
        announce(run)
        noun = "trial"
        pace = SearchPace(
            run.total,
            partial(trial_folder, run.place.folder),
            time_budget_s=run.time_budget_s,
            step_budget=run.limits.step_budget,
        )
        tally = Tally(
            run.total,
            chance=_chance(run.plan),
            baseline=run.plan.baseline,
            searched=tuple(run.plan.space.parameters),
            pace=pace,
        )
    else:
        announce_confirmation(run)
        pace = SearchPace(run.total, partial(trial_folder, run.place.confirmation.folder))
        noun = "confirmation run"
        tally = Tally(run.total, naming=confirmation_names(run), pace=pace)
    tally.recall(read_study(run.ledger))
    farewell = resume_words(run.place.name, run.place.folder)
    with seen_cards(tally, run.resources), display_of(tally, noun, farewell) as listener:
        yield listener


@contextlib.contextmanager
def seen_cards(tally: Tally, resources: Resources) -> Iterator[None]:
    """Let a tally say how the GPUs of this machine stand, where trials use any."""
    from autoclue.search.cards import watching_cards
    from autoclue.training.platform import open_cards

    cards = open_cards() if resources.on_gpu and resources.address is None else None
    with watching_cards(cards) as watch:
        tally.devices = None if watch is None else watch.words
        yield


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
    usual = folder.parent.resolve() == read_options(StudiesFolder, {}).folder.resolve()
    study = shlex.quote(name if usual else short_path(folder))
    return (
        f"Stopping the study {name}, which takes a few seconds; all that was reported is kept. "
        f"To go on: autoclue resume {study}"
    )


@contextlib.contextmanager
def display_of(tally: Tally, noun: str, farewell: str) -> Iterator[LiveListener | PlainListener]:
    """Show what a tally counts while it happens, and hear Ctrl-C at once.

    Args:
        tally: Keeps count.
        noun: What the trials are called.
        farewell: What is said when Ctrl-C is pressed.
    """
    console = progress_console()
    display = _listener(console, tally, noun)
    with display as listener, _heard_at_once(listener, farewell):
        yield listener


def _listener(console: Console, tally: Tally, noun: str) -> LiveListener | PlainListener:
    """Choose the display; TERM=dumb is a terminal that would show nothing before the end."""
    if can_redraw(console):
        return LiveListener(console, tally, heading=noun)
    return PlainListener(console, tally)


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
    """Call a function when a signal asks for an end, and then do what was done before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in ENDING}
    before = {number: handler for number, handler in found.items() if callable(handler)}

    def heard(number: int, frame: FrameType | None) -> None:
        put_back()
        say()
        before[number](number, frame)

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, heard)
    try:
        yield
    finally:
        put_back()
