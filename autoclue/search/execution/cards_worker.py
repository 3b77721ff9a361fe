"""What a worker does whose trials train on several cards: it drives a process for each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from autoclue.search.execution.native_output import NativeOutput
from autoclue.search.execution.worker import Event, TrialWorker
from autoclue.search.execution.working import log_folder
from autoclue.training.group import RankGroup
from autoclue.training.ranks import Ranks

GOES_ON: Final = frozenset({"prepared", "evaluated"})
"""Events after which a trial goes on."""


class CardRank:
    """One of the processes that train trials together: a worker like any other, in step."""

    def __init__(self, ranks: Ranks, tell: Callable[[object], None]) -> None:
        """Load nothing yet.

        Args:
            ranks: The processes.
            tell: Is told of the steps, as a sign of life; all else is in the events.
        """
        self._first = ranks.rank == 0
        self._worker = TrialWorker(ranks, tell)
        self._native_output = NativeOutput()

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial."""
        self._native_output.follow(log_folder(job), add=True)
        self._worker.begin(job)

    def next_event(self) -> Event:
        """Go on to its next event, with all others."""
        return self._worker.next_event()


class CardsWorker:
    """Trains trials step by step, as ``TrialWorker`` does, each on several cards.

    Its processes live until one of them dies or stands still. All of them are then ended, and the
    error ends this process too, so that one death is counted; the next one starts new ones.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._group: RankGroup | None = None

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial.

        Args:
            job: What ``job_for_worker`` makes of it.

        Raises:
            RankDiedError: A process has died.
        """
        group = self._group_of(job)
        group.patience.forget()
        group.call("begin", job)

    def next_event(self) -> Event:
        """Go on to the next event of the trial.

        Raises:
            RankDiedError: A process has died, or all of them stood still.
        """
        if self._group is None:
            raise RuntimeError("no trial has begun")
        began = time.monotonic()
        event: Event = self._group.call(
            "next_event", ends=lambda event: event["event"] not in GOES_ON
        )
        if event["event"] == "evaluated":
            self._group.patience.note(time.monotonic() - began)
        return event

    def close(self) -> None:
        """End the processes, and with them the trial at hand."""
        if self._group is not None:
            self._group.end()

    def _group_of(self, job: Mapping[str, Any]) -> RankGroup:
        cards, device = int(job["config"].get("cards", 1)), str(job["device"])
        known = self._group
        if known is not None and (known.cards, known.device) == (cards, device):
            return known
        self.close()
        self._group = RankGroup(f"{__name__}:{CardRank.__name__}", cards, device, threads=1)
        return self._group
