"""How far a population goes: rounds, more rounds, and budgets."""

from __future__ import annotations

from collections.abc import Callable

import optuna
import pytest

from autoclue.options import Limits
from autoclue.records import Boundary
from autoclue.search.store import Generation, Ledger, StoredLimits, StudyAttributes
from autoclue.search.study.start import decide_rounds

Known = Callable[..., Ledger]


@pytest.fixture
def known() -> Known:
    """A ledger with some generations asked, and what it was told before."""

    def known_(asked: int = 0, limits: StoredLimits | None = None) -> Ledger:
        ledger = Ledger(optuna.create_study(direction="maximize"))
        generations: dict[int, Generation | Boundary] = {
            number: Generation((), ()) for number in range(asked)
        }
        ledger.note(StudyAttributes(generations=generations))
        if limits is not None:
            ledger.note(StudyAttributes(limits=limits))
        return ledger

    return known_


def rounds_of(ledger: Ledger, limits: Limits) -> StoredLimits:
    return decide_rounds(limits, ledger, population=4)


def told(rounds: int, *, since: int | None = None, steps: int | None = None) -> StoredLimits:
    return StoredLimits(1 + 4 * rounds, steps, extended_from=since, rounds=rounds)


def test_a_new_study_has_ten_rounds_or_as_many_as_it_is_told(known: Known) -> None:
    assert rounds_of(known(), Limits()) == told(10)
    assert rounds_of(known(), Limits(rounds=3)) == told(3)
    assert rounds_of(known(), Limits(extend=2)) == told(2, since=0)


def test_a_study_that_goes_on_keeps_its_rounds_and_its_steps(known: Known) -> None:
    ledger = known(1, told(3, steps=900))

    assert rounds_of(ledger, Limits()) == told(3, steps=900)
    assert rounds_of(ledger, Limits(step_budget=2000)) == told(3, steps=2000)
    assert rounds_of(ledger, Limits(rounds=5)) == told(5, steps=900)


def test_rounds_are_added_only_to_a_study_that_has_all_of_its_own(known: Known) -> None:
    assert rounds_of(known(2, told(3)), Limits(extend=2)) == told(3)
    assert rounds_of(known(3, told(3)), Limits(extend=2)) == told(5, since=3)


def test_the_same_command_again_adds_no_more_until_it_has_ended_well(known: Known) -> None:
    assert rounds_of(known(4, told(5, since=3)), Limits(extend=2)) == told(5, since=3)
    assert rounds_of(known(5, told(5)), Limits(extend=2)) == told(7, since=5)
