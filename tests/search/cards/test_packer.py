from __future__ import annotations

import pytest

from autoclue.records import CardSharing
from autoclue.search.cards import Packer
from tests.search.cards.made_up import made_up_packer


@pytest.fixture
def packer() -> Packer:
    """Four trials fit on the only card."""
    return made_up_packer(peak_mib=1_000, room_mib=4_700)


def begin(packer: Packer, *numbers: int, card: str = "0") -> None:
    for number in numbers:
        packer.began(number)
        packer.prepared(number, card)


def alone(packer: Packer, speed: float = 10.0) -> None:
    """Trial 0 has the card to itself, for two intervals."""
    begin(packer, 0)
    packer.evaluated(0, 1.0)
    packer.evaluated(0, speed)


def test_one_trial_runs_until_its_speed_alone_is_known(packer: Packer) -> None:
    allowed = [packer.at_once]
    begin(packer, 0)
    packer.evaluated(0, 5.0)  # libraries have chosen their kernels in it
    allowed.append(packer.at_once)
    packer.evaluated(0, 10.0)
    assert [*allowed, packer.at_once] == [1, 1, 4]


@pytest.mark.parametrize(("together", "per_card"), [(2.7, 1), (2.8, 4)])
def test_four_together_must_be_more_than_a_tenth_faster(
    packer: Packer, together: float, per_card: int
) -> None:
    alone(packer)
    begin(packer, 1, 2, 3)
    packer.evaluated(0, 3.0)  # they came in the middle of it
    assert packer.known.speedup is None
    packer.evaluated(0, together)
    assert packer.known.speedup == pytest.approx(0.4 * together)
    assert (packer.known.per_card, packer.at_once) == (per_card, per_card)


def test_an_interval_in_which_another_loads_or_leaves_does_not_count(packer: Packer) -> None:
    alone(packer)
    begin(packer, 1)
    packer.evaluated(0, 6.0)
    packer.began(2)
    packer.evaluated(0, 9.0)
    packer.prepared(2, "0")
    packer.left(1)
    packer.evaluated(0, 9.0)
    assert packer.known.speedup is None


def test_trials_on_other_cards_do_not_slow_a_trial_down(packer: Packer) -> None:
    packer.cards = 2
    alone(packer)
    begin(packer, 1)
    begin(packer, 2, 3, card="1")
    packer.evaluated(0, 3.0)
    packer.evaluated(0, 6.0)
    assert packer.known.speedup == pytest.approx(2 * 6.0 / 10.0)


def test_a_trial_that_leaves_before_the_verdict_leaves_it_to_the_next(packer: Packer) -> None:
    alone(packer)
    begin(packer, 1)
    packer.left(0)
    assert packer.at_once == 1
    packer.evaluated(1, 8.0)
    packer.evaluated(1, 8.0)
    assert packer.at_once == 4


def test_what_was_measured_before_is_not_measured_again() -> None:
    assert made_up_packer(peak_mib=1_000, room_mib=4_700, speedup=2.0).at_once == 4
    assert made_up_packer(peak_mib=4_000, room_mib=4_700).is_decided


def test_no_more_run_than_may(packer: Packer) -> None:
    packer.most = 2
    alone(packer)
    assert packer.at_once == 2


@pytest.fixture
def told(packer: Packer) -> tuple[list[CardSharing], list[str]]:
    settled, said = list[CardSharing](), list[str]()
    packer.settle, packer.tell = settled.append, said.append
    return settled, said


def test_out_of_memory_halves_what_shares_a_card_and_is_kept(
    packer: Packer, told: tuple[list[CardSharing], list[str]]
) -> None:
    begin(packer, 0, 1, 2, 3)
    assert packer.ran_out(2)
    assert packer.ran_out(3)  # it had the old share; halving once is enough
    assert [known.per_card for known in told[0]] == [2]
    assert told[1] == ["Memory ran out with 4 trials on a GPU; from now on 2 share one."]
    packer.left(2)
    begin(packer, 2)
    assert packer.ran_out(2)
    assert packer.known.per_card == 1
    assert told[1][1].endswith("from now on none shares one.")


def test_a_trial_that_had_a_card_gets_no_more_of_it(packer: Packer) -> None:
    begin(packer, 0)
    packer.ran_out(0)
    packer.left(0)
    packer.known = made_up_packer(peak_mib=4_000, room_mib=4_700).known
    begin(packer, 0)
    assert not packer.ran_out(0)
    assert not packer.ran_out(99)


def test_jobs_say_what_a_trial_takes_and_what_limits_it(packer: Packer) -> None:
    assert packer.gives == {"takes": {"GPU": 0.25}, "gpu_limit_mib": 1175}
    packer.known = made_up_packer(peak_mib=4_000, room_mib=4_700).known
    assert packer.gives == {"takes": {"GPU": 1.0}, "gpu_limit_mib": None}
