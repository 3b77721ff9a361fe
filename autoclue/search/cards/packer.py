"""How many trials share a GPU while a search runs: measured by its first trials, kept if worth it.

One trial first has a card to itself. Once its speed there is known the others come to it, as many
as memory allows. The same trial's speed beside them then says whether they are faster together
than one after the other. Where memory runs out all the same, half as many share a card from then
on, and the trial goes on from where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autoclue.records import CardSharing
from autoclue.search.cards.shares import CardShare, is_worthwhile, speedup


@dataclass(slots=True)
class _Tenant:
    """A trial that has a share of a card.

    Attributes:
        share: What it was given.
        card: Which card it is on, once it is prepared; "" before.
        intervals: How many it has been scored after since it began.
        since: The count of changes at the beginning of its present interval.
    """

    share: CardShare
    card: str = ""
    intervals: int = 0
    since: int | None = None


@dataclass(slots=True)
class Packer:
    """Decides how many trials share a card; told what happens, it needs no device.

    Attributes:
        cards: How many cards there are.
        known: What is known of the sharing; with a ``speedup`` it is decided already.
        most: How many trials may run at once.
        settle: Is given what is known each time that it changes.
        tell: Is told a sentence each time.
    """

    cards: int
    known: CardSharing
    most: int
    settle: Callable[[CardSharing], None] = lambda known: None
    tell: Callable[[str], None] = lambda text: None
    _tenants: dict[int, _Tenant] = field(default_factory=dict)
    _changes: int = 0
    _reference: tuple[int, float] | None = None  # a trial and its speed alone

    @property
    def share(self) -> CardShare:
        """What the next trial gets."""
        known = self.known
        return CardShare(known.per_card, known.room_bytes, known.context_bytes)

    @property
    def gives(self) -> Mapping[str, Any]:
        """What the job of the next trial says of its share: what it takes, and its limit."""
        return {"takes": {"GPU": self.share.share}, "gpu_limit_mib": self.share.limit_mib}

    @property
    def is_decided(self) -> bool:
        """Whether it is settled how many share a card, until memory runs out."""
        return self.known.per_card == 1 or self.known.speedup is not None

    @property
    def at_once(self) -> int:
        """How many trials may run now."""
        if not self.is_decided and self._reference is None:
            return 1
        return max(1, min(self.most, self.cards * self.known.per_card))

    def began(self, number: int) -> None:
        """A trial is handed out with ``share``."""
        self._changes += 1
        self._tenants[number] = _Tenant(self.share)

    def prepared(self, number: int, card: str) -> None:
        """A trial has loaded everything on a card and trains from now on."""
        tenant = self._tenants.get(number)
        if tenant is not None:
            self._changes += 1
            tenant.card, tenant.since = card, self._changes

    def evaluated(self, number: int, steps_per_s: float) -> None:
        """A trial has been scored; its speed is that of training since the score before."""
        tenant = self._tenants.get(number)
        if tenant is None:
            return
        undisturbed = tenant.since == self._changes
        warm, tenant.since = tenant.intervals > 0, self._changes
        tenant.intervals += 1
        if self.is_decided or not undisturbed or steps_per_s <= 0:
            return
        mates, known = self._mates(tenant.card), self._reference
        if mates == 1 and warm:  # in the first interval libraries choose their kernels
            self._reference = (number, steps_per_s)
        elif mates is not None and mates > 1 and known is not None and known[0] == number:
            self._decide(mates, alone=known[1], together=steps_per_s)

    def _mates(self, card: str) -> int | None:
        """Count the trials of a card; ``None`` while one is loading that may come there."""
        if any(not each.card for each in self._tenants.values()):
            return None
        return sum(each.card == card for each in self._tenants.values())

    def _decide(self, mates: int, *, alone: float, together: float) -> None:
        factor = speedup(alone=alone, together=together, at_once=mates)
        kept = is_worthwhile(factor)
        per_card = self.known.per_card if kept else 1
        self._know(replace(self.known, per_card=per_card, speedup=factor))
        self.tell(
            f"{mates} trials on a GPU are together {factor:.2f} times as fast as one alone; "
            + ("they go on sharing it." if kept else "from now on each has one to itself.")
        )

    def left(self, number: int) -> None:
        """A trial has left its card, for whatever reason."""
        if self._tenants.pop(number, None) is None:
            return
        self._changes += 1
        if self._reference is not None and self._reference[0] == number:
            self._reference = None

    def ran_out(self, number: int) -> bool:
        """Hear that memory ran out in a trial; return whether it gets more of a card.

        It does where it shared one; half as many do from then on. Where it had a card to itself,
        there is no more to give.
        """
        tenant = self._tenants.get(number)
        if tenant is None or tenant.share.per_card == 1:
            return False
        if tenant.share.per_card <= self.known.per_card:
            halved = tenant.share.halved()
            self._know(replace(self.known, per_card=halved.per_card, speedup=None))
            self.tell(
                f"Memory ran out with {tenant.share.per_card} trials on a GPU; from now on "
                + (f"{halved.per_card} share one." if halved.per_card > 1 else "none shares one.")
            )
        return True

    def _know(self, known: CardSharing) -> None:
        self.known = known
        self.settle(known)
