"""How full and how busy the GPUs are while a search runs, looked at every few seconds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from autoclue.records import CardUse, TrialState
from autoclue.search.execution import Resources
from autoclue.search.store import Ledger, StudyAttributes
from autoclue.search.tuner import Listener, Silent
from autoclue.training.platform import Cards, CardState, open_cards

LOOK_EVERY_S: Final = 2.0
GIB: Final = 2**30


@dataclass(slots=True)
class CardWatch:
    """Adds up what is seen of each GPU; each look stands for the time since the one before.

    Attributes:
        cards: What is looked at.
        clock: Gives seconds; tests give their own.
    """

    cards: Cards
    clock: Callable[[], float] = time.monotonic
    _seen: dict[int, CardUse] = field(default_factory=dict)
    _now: tuple[CardState, ...] = ()
    _last_s: float | None = None

    def look(self) -> None:
        """Look at every GPU once."""
        now_s, cards = self.clock(), self.cards.read()
        spent_s = 0.0 if self._last_s is None else now_s - self._last_s
        for card in cards:
            seen = _use(card, spent_s)
            before = self._seen.get(card.index)
            self._seen[card.index] = seen if before is None else before.and_then(seen)
        self._now, self._last_s = cards, now_s

    @property
    def uses(self) -> tuple[CardUse, ...]:
        """What has been seen of each GPU so far, in their order."""
        return tuple(self._seen[index] for index in sorted(self._seen))

    def words(self) -> str | None:
        """Write how the GPUs stand, as a live view shows it; ``None`` before the first look."""
        return "; ".join(self._words_of(card) for card in self._now) or None

    def _words_of(self, card: CardState) -> str:
        full = f"GPU {card.index}: {card.used_bytes / GIB:.1f} of {card.total_bytes / GIB:.1f} GiB"
        use = self._seen[card.index]
        if card.busy is None or use.idle_s is None:
            return full
        idle = "" if use.watched_s <= 0 else f", idle {use.idle_s / use.watched_s:.0%} of the time"
        return f"{full}, {card.busy:.0%} busy{idle}"


def _use(card: CardState, spent_s: float) -> CardUse:
    """Return what a look at a GPU says of the time since the one before."""
    busy_s = None if card.busy is None else card.busy * spent_s
    idle_s = None if card.busy is None else (spent_s if card.busy == 0 else 0.0)
    return CardUse(card.name, card.total_bytes, card.used_bytes, spent_s, busy_s, idle_s)


@dataclass(slots=True)
class CardNotes(Silent):
    """Writes into a ledger, at each end of a trial, what was seen of the GPUs until then.

    Attributes:
        ledger: Where it is written.
        watch: What has been seen in this run.
        before: What earlier runs have seen.
    """

    ledger: Ledger
    watch: CardWatch
    before: tuple[CardUse, ...]

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Write it."""
        self.ledger.note(StudyAttributes(cards=together(self.before, self.watch.uses)))


def together(before: Sequence[CardUse], now: Sequence[CardUse]) -> tuple[CardUse, ...]:
    """Add up what two runs have seen of the same GPUs; other GPUs count anew."""
    same = [each.name for each in before] == [each.name for each in now]
    if not same:
        return tuple(now)
    return tuple(one.and_then(two) for one, two in zip(before, now, strict=True))


@contextlib.contextmanager
def noting_cards(resources: Resources, ledger: Ledger) -> Iterator[Listener]:
    """Look at the GPUs of this machine while its trials use them.

    Args:
        resources: What trials run on; a CPU has nothing to look at, nor have other machines.
        ledger: Where it is written.

    Yields:
        A listener that writes it.
    """
    cards = open_cards() if resources.on_gpu and resources.address is None else None
    with watching_cards(cards) as watch:
        before = ledger.attributes.cards
        yield Silent() if watch is None else CardNotes(ledger, watch, before)


@contextlib.contextmanager
def watching_cards(
    cards: Cards | None, *, every_s: float = LOOK_EVERY_S
) -> Iterator[CardWatch | None]:
    """Look at GPUs again and again while the context lasts.

    Args:
        cards: What is looked at; ``None`` for nothing.
        every_s: Seconds between two looks.

    Yields:
        What adds it up; ``None`` where there is nothing to look at.
    """
    if cards is None:
        yield None
        return
    watch, over = CardWatch(cards), threading.Event()

    def go_on() -> None:
        watch.look()
        while not over.wait(every_s):
            watch.look()

    thread = threading.Thread(target=go_on, name="autoclue-card-watch", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
