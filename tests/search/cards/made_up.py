"""GPUs that are made up: memory that runs out, and trials that slow each other down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product

from autoclue.records import CardSharing
from autoclue.search.cards import CardShare, Packer, fitting_share

MIB = 2**20
Slowdown = Callable[[int], float]
"""From how many trials a card holds to the speed of each, as a part of its speed alone."""


@dataclass(frozen=True)
class MadeUpTrial:
    """A trial that takes memory, and time.

    Attributes:
        peak_mib: What it takes of a card, all things counted.
        steps_per_s: Its speed on a card of its own.
        evaluations: How often it is scored, after ten steps each.
    """

    peak_mib: int
    steps_per_s: float = 1.0
    evaluations: int = 4

    @property
    def seconds(self) -> float:
        """How long it takes on a card of its own."""
        return 10 * self.evaluations / self.steps_per_s


@dataclass
class _Run:
    number: int
    trial: MadeUpTrial
    card: int
    share: CardShare
    loading: bool = True
    steps_left: float = 10.0
    evaluations_left: int = 0
    interval_s: float = 0.0


@dataclass
class MadeUpMachine:
    """Runs trials on made-up cards by what a packer says, on a clock of its own.

    Attributes:
        packer: Decides.
        trials: All there are, in their order.
        slowdown: How trials slow each other down.
        load_s: Seconds in which a trial loads, without computing.
        most_held_mib: The most that a card has held.
        done: Which trials have ended, in their order.
        failed: Which found no room on a card of their own.
        together: How many trials shared a card at each moment that a trial began.
        clock_s: The time.
    """

    packer: Packer
    trials: Sequence[MadeUpTrial]
    slowdown: Slowdown = lambda mates: 1.0
    load_s: float = 0.0
    most_held_mib: int = 0
    done: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    together: list[int] = field(default_factory=list)
    clock_s: float = 0.0
    _runs: list[_Run] = field(default_factory=list)
    _queue: list[tuple[int, int]] = field(default_factory=list)

    def run(self) -> float:
        """Run all trials; return the seconds until the last has ended."""
        self._queue = [(n, trial.evaluations) for n, trial in enumerate(self.trials)]
        while self._queue or self._runs:
            self._begin_what_fits()
            self._go_on()
        return self.clock_s

    def _begin_what_fits(self) -> None:
        while self._queue and len(self._runs) < self.packer.at_once:
            share = self.packer.share
            card = self._place(share)
            if card is None:
                return
            number, left = self._queue.pop(0)
            self.packer.began(number)
            run = _Run(number, self.trials[number], card, share, evaluations_left=left)
            self._runs.append(run)
            self.together.append(sum(each.card == card for each in self._runs))
            self._load(run)

    def _place(self, share: CardShare) -> int | None:
        """Choose the fullest card with room for a share, as Ray does."""
        used = [
            sum(run.share.share for run in self._runs if run.card == card)
            for card in range(self.packer.cards)
        ]
        fitting = [card for card, part in enumerate(used) if part + share.share <= 1 + 1e-9]
        return max(fitting, key=lambda card: used[card], default=None)

    def _load(self, run: _Run) -> None:
        """Let a trial take its memory, as far as its limit and the card let it."""
        limit = run.share.limit_mib
        context = run.share.context_bytes // MIB
        room = run.share.room_bytes // MIB
        most = room if limit is None else limit + context
        held = sum(min(r.trial.peak_mib, self._most(r)) for r in self._runs if r.card == run.card)
        self.most_held_mib = max(self.most_held_mib, held)
        if run.trial.peak_mib > most:
            self._runs.remove(run)
            if self.packer.ran_out(run.number):
                self._queue.insert(0, (run.number, run.evaluations_left))
            else:
                self.failed.append(run.number)
            self.packer.left(run.number)
        elif self.load_s == 0:
            self._train(run)
        else:
            run.steps_left = self.load_s

    def _most(self, run: _Run) -> int:
        limit = run.share.limit_mib
        return run.share.room_bytes // MIB if limit is None else limit

    def _train(self, run: _Run) -> None:
        run.loading, run.steps_left, run.interval_s = False, 10.0, 0.0
        self.packer.prepared(run.number, f"card {run.card}")

    def _speed(self, run: _Run) -> float:
        if run.loading:
            return 1.0
        mates = sum(each.card == run.card and not each.loading for each in self._runs)
        return run.trial.steps_per_s * self.slowdown(mates)

    def _go_on(self) -> None:
        """Go on to the next time that a trial is scored or has loaded."""
        if not self._runs:
            return
        speeds = {run.number: self._speed(run) for run in self._runs}
        spent_s = min(run.steps_left / speeds[run.number] for run in self._runs)
        self.clock_s += spent_s
        for run in list(self._runs):
            run.steps_left -= spent_s * speeds[run.number]
            run.interval_s += spent_s
        for run in [each for each in self._runs if each.steps_left <= 1e-9]:
            self._arrive(run)

    def _arrive(self, run: _Run) -> None:
        if run.loading:
            self._train(run)
            return
        self.packer.evaluated(run.number, 10 / run.interval_s)
        run.steps_left, run.interval_s = 10.0, 0.0
        run.evaluations_left -= 1
        if run.evaluations_left == 0:
            self._runs.remove(run)
            self.packer.left(run.number)
            self.done.append(run.number)


def made_up_packer(
    *, peak_mib: int, room_mib: int, cards: int = 1, most: int = 64, speedup: float | None = None
) -> Packer:
    """A packer that knows what a probe has found, and the speedup if it is given."""
    share = fitting_share(peak_bytes=peak_mib * MIB, room_bytes=room_mib * MIB)
    known = CardSharing(
        card="made up",
        probed="key",
        peak_bytes=peak_mib * MIB,
        context_bytes=0,
        room_bytes=room_mib * MIB,
        fitting=share.per_card,
        per_card=share.per_card,
        speedup=speedup,
    )
    return Packer(cards, known, most)


def best_makespan(trials: Sequence[MadeUpTrial], room_mib: int, cards: int) -> float:
    """The shortest time in which cards can run trials that don't slow each other down.

    It knows what each of them takes. Every order and every choice of cards is tried, each trial
    beginning as early as it fits: one of those schedules is the best.
    """
    best = sum(trial.seconds for trial in trials)
    for order in permutations(trials):
        for places in product(range(cards), repeat=len(trials)):
            best = min(best, _makespan(order, places, room_mib, best))
    return best


def _makespan(
    order: Sequence[MadeUpTrial], places: Sequence[int], room_mib: int, limit: float
) -> float:
    placed: list[tuple[float, float, int, int]] = []  # begin, end, memory, card
    for trial, card in zip(order, places, strict=True):
        mates = [each for each in placed if each[3] == card]
        begin = min(
            at
            for at in (0.0, *(end for _, end, _, _ in mates))
            if _fits(mates, at, at + trial.seconds, room_mib - trial.peak_mib)
        )
        placed.append((begin, begin + trial.seconds, trial.peak_mib, card))
        if begin + trial.seconds >= limit:
            return limit
    return max(end for _, end, _, _ in placed)


def _fits(
    mates: Sequence[tuple[float, float, int, int]], begin: float, end: float, room_mib: int
) -> bool:
    moments = [begin, *(start for start, _, _, _ in mates if begin < start < end)]
    return all(
        sum(held for start, stop, held, _ in mates if start <= at < stop) <= room_mib
        for at in moments
    )
