"""Show a search as plain lines, for pipes, logs and terminals that can't redraw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console

from autoclue.records import Evaluation, TrialState
from autoclue.screen.tally import SCORING, Tally
from autoclue.screen.text import scores_by_name

if TYPE_CHECKING:
    from autoclue.search.store import Prepared
    from autoclue.training import TrialConfig

QUIET_S = 60.0
"""After so many seconds without a line, one says how the search stands."""
CHECK_S = 5.0


class PlainListener:
    """Prints a line for every event, and one a minute when nothing happens.

    Use it as a context manager: that runs the clock.
    """

    def __init__(
        self, console: Console, tally: Tally, *, now: Callable[[], datetime] = datetime.now
    ) -> None:
        """Print to this console.

        Args:
            console: Where to print.
            tally: Keeps count.
            now: Local time; tests give their own.
        """
        self._console = console
        self._tally = tally
        self._now = now
        self._last = now()
        self._totals: dict[int, float] = {}
        self._warned = False
        self._over = threading.Event()
        self._printing = threading.Lock()

    def __enter__(self) -> PlainListener:
        """Begin to watch for quiet minutes."""
        threading.Thread(target=self._watch, name="autoclue-status", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(CHECK_S):
            self.break_silence()

    def break_silence(self) -> None:
        """Print how the search stands, if nothing has been printed for a minute."""
        if (self._now() - self._last).total_seconds() >= QUIET_S:
            self._print(self._standing())

    def _standing(self) -> str:
        tally = self._tally
        parts = [
            *(f"{tally.n_ended} of {tally.total} ended", tally.counts(), *self._running()),
            *(tally.best_words(), tally.pace_words()),
        ]
        return "; ".join(part for part in parts if part)

    def _running(self) -> list[str]:
        """Say how far the running trials are, as far as they say it themselves."""
        told = {number: self._tally.progress(number) for number in self._tally.running}
        return [
            f"{self._tally.name(number)} at step {each.step}/{each.total_steps:g}"
            for number, each in told.items()
            if each is not None
        ]

    def _print(self, text: str) -> None:
        with self._printing:
            self._last = self._now()
            line = f"{self._last:%H:%M:%S} {text}"
            self._console.print(line, markup=False, soft_wrap=True)

    def started(self, number: int, config: TrialConfig) -> None:
        """Print the settings of a trial that begins."""
        self._tally.begin(number, config)
        self._print(f"{self._tally.name(number)} begins: {self._tally.summary(config)}")

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Remember how long the trial will be."""
        self._totals[number] = prepared.total_steps
        self._tally.prepared(number, prepared.total_steps)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Print an evaluation."""
        self._tally.score(number, evaluation.score, step=evaluation.step)
        total = self._totals.get(number)
        step = f"{evaluation.step}" if total is None else f"{evaluation.step}/{total:g}"
        named = scores_by_name(evaluation.scores)
        self._print(
            f"{self._tally.name(number)} step {step}: score {evaluation.score:.4f}"
            f"{f' ({named})' if named else ''}, loss {evaluation.train_loss:.4f}, "
            f"{evaluation.steps_per_s:.1f} steps/s"
        )

    def requeued(self, number: int, reason: str) -> None:
        """Print why a trial will go on later."""
        self._print(f"{self._tally.name(number)} waits: {reason}")

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Print how a trial ended, how many have, and the best so far."""
        tally = self._tally
        tally.end(number, state)
        best = "no score" if score is None else f"best {score:.4f}"
        why = "" if reason is None else f" ({reason})"
        more = [words for words in (tally.best_words(), tally.pace_words()) if words is not None]
        told = ", ".join([f"{tally.n_ended} of {tally.total} ended", *more])
        self._print(f"{tally.name(number)} {state.value}: {best}{why}; {told}")
        self._warn()

    def _warn(self) -> None:
        words = self._tally.chance_words()
        if words is not None and not self._warned:
            self._print(words)
        self._warned = words is not None

    def scoring(self, number: int, split: str) -> None:
        """Print what is scored."""
        self._print(f"{self._tally.name(number)} {SCORING[split]}")

    def noted(self, text: str) -> None:
        """Print what concerns the search as a whole."""
        self._print(text)

    def interrupted(self, words: str) -> None:
        """Print at once that Ctrl-C was heard."""
        self._print(words)
