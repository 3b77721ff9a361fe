from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from autoclue.records import CardUse, TrialState
from autoclue.search.cards import CardWatch, noting_cards, watching_cards
from autoclue.search.execution import Resources
from autoclue.search.store import Ledger, StudyAttributes
from autoclue.search.tuner import Silent
from autoclue.training.platform import CardState

GIB = 2**30


class Scripted:
    """A GPU that is looked at several times; the last look repeats."""

    def __init__(self, looks: Sequence[tuple[float, float | None]]) -> None:
        self._looks = list(looks)
        self.seen = threading.Event()

    def read(self) -> tuple[CardState, ...]:
        used_gib, busy = self._looks[0]
        if len(self._looks) > 1:
            self._looks.pop(0)
        else:
            self.seen.set()
        return (CardState(0, "A100", 80 * GIB, int(used_gib * GIB), busy),)

    def held_by(self, index: int, pid: int) -> int | None:
        return None


def watch(*looks: tuple[float, float | None]) -> CardWatch:
    """Look so often, ten seconds apart."""
    seconds: Iterator[float] = iter(range(0, 1000, 10))
    found = CardWatch(Scripted(looks), clock=lambda: next(seconds))
    for _ in looks:
        found.look()
    return found


def test_each_look_stands_for_the_time_since_the_one_before() -> None:
    found = watch((1, 0.9), (30, 0.5), (12, 0.0), (12, 1.0))
    assert found.uses == (CardUse("A100", 80 * GIB, 30 * GIB, 30.0, 15.0, 10.0),)
    assert found.words() == "GPU 0: 12.0 of 80.0 GiB, 100% busy, idle 33% of the time"


def test_a_gpu_that_does_not_say_how_busy_it_is_is_not_called_idle() -> None:
    found = watch((1, None), (30, None))
    assert (found.uses[0].busy_s, found.uses[0].idle_s) == (None, None)
    assert found.words() == "GPU 0: 30.0 of 80.0 GiB"


def test_nothing_is_said_before_the_first_look() -> None:
    assert watch().words() is None


def test_without_a_gpu_nothing_is_looked_at() -> None:
    with watching_cards(None) as found:
        assert found is None


def test_a_gpu_is_looked_at_again_and_again() -> None:
    cards = Scripted([(1, 0.5), (2, 0.5), (3, 0.5)])
    with watching_cards(cards, every_s=0.001) as found:
        assert cards.seen.wait(30)
    assert found is not None  # the last look has ended with the context
    assert found.uses[0].peak_bytes == 3 * GIB


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    earlier = CardUse("A100", 80 * GIB, 50 * GIB, 100.0, 60.0, 20.0)
    attributes = StudyAttributes(metric="accuracy", cards=(earlier,))
    return Ledger.create(f"sqlite:///{tmp_path}/ledger.db", "watched", attributes)


def test_what_is_seen_is_added_to_what_earlier_runs_have_seen(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = Scripted([(30, 0.5), (30, 0.5)])
    monkeypatch.setattr("autoclue.search.cards.card_watch.open_cards", lambda: cards)
    with noting_cards(Resources(1, 1.0, 1, None), ledger) as listener:
        assert cards.seen.wait(30)
        listener.ended(0, TrialState.COMPLETE, score=0.5, reason=None)
    (found,) = ledger.attributes.cards
    assert found.peak_bytes == 50 * GIB
    assert found.watched_s >= 100.0


def test_another_gpu_counts_anew() -> None:
    from autoclue.search.cards.card_watch import together

    now = (CardUse("H200", 140, 10, 5.0, 1.0, 0.0),)
    assert together((CardUse("A100", 80, 50, 100.0, 60.0, 20.0),), now) == now


@pytest.mark.parametrize("resources", [Resources(0, 0, 2, None), Resources(0, 1.0, 2, "auto")])
def test_on_a_cpu_and_on_other_machines_nothing_is_noted(
    ledger: Ledger, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autoclue.search.cards.card_watch.open_cards", lambda: Scripted([(1, 1)]))
    with noting_cards(resources, ledger) as listener:
        assert type(listener) is Silent
