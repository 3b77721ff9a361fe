"""Packing on made-up GPUs: never over their memory, and how near it comes to the best packing."""

from __future__ import annotations

import random

import pytest

from tests.search.cards.made_up import (
    MIB,
    MadeUpMachine,
    MadeUpTrial,
    best_makespan,
    made_up_packer,
)

MIXES = range(1000)


def random_mix(seed: int) -> MadeUpMachine:
    """Cards, trials and slowdowns drawn at random; some trials take more than the probe did."""
    draw = random.Random(seed)
    room, cards = draw.randint(4_000, 80_000), draw.randint(1, 4)
    probed = draw.randint(200, room)
    trials = [
        MadeUpTrial(
            peak_mib=int(probed * draw.choice([draw.uniform(0.2, 1.1), draw.uniform(1.1, 4.0)])),
            steps_per_s=draw.uniform(0.5, 2.0),
            evaluations=draw.randint(1, 6),
        )
        for _ in range(draw.randint(1, 12))
    ]
    lost = draw.uniform(0.0, 1.5)  # of a trial's speed, for each other one on its card
    packer = made_up_packer(peak_mib=probed, room_mib=room, cards=cards, most=draw.randint(1, 16))
    return MadeUpMachine(
        packer, trials, lambda mates: 1 / (1 + lost * (mates - 1)), load_s=draw.choice([0.0, 3.0])
    )


def test_a_thousand_random_mixes_never_hold_more_than_a_card_has() -> None:
    for seed in MIXES:
        machine = random_mix(seed)
        machine.run()
        room = machine.packer.known.room_bytes // MIB
        assert machine.most_held_mib <= room, f"mix {seed}"
        fits = [n for n, trial in enumerate(machine.trials) if trial.peak_mib <= room]
        assert sorted(machine.done) == fits, f"mix {seed}"
        assert len(machine.done) + len(machine.failed) == len(machine.trials)


def test_some_of_the_thousand_mixes_run_out_of_memory_and_some_share_to_the_end() -> None:
    ended = []
    for seed in MIXES:
        machine = random_mix(seed)
        machine.run()
        ended.append(machine.packer.known)
    assert sum(1 < known.per_card < known.fitting for known in ended) >= 20
    assert sum(known.per_card == known.fitting > 1 for known in ended) >= 20
    assert sum(known.per_card == 1 < known.fitting for known in ended) >= 100
    assert sum(known.speedup is not None for known in ended) >= 50


@pytest.mark.parametrize("cards", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_makespan_is_within_the_bound_of_the_best_packing(seed: int, cards: int) -> None:
    """The bound is (K + m - 1) / m of the best one.

    m is how many trials autoclue has at once, and K how many can be at all. The best packing knows
    what each trial takes and has at most K at once, so that all work is at most K times its
    makespan; a list schedule on m slots takes at most work / m + (1 - 1 / m) of the longest trial
    (Graham, 1966).
    """
    draw = random.Random(seed)
    trials = [
        MadeUpTrial(draw.randint(3_000, 6_000), draw.choice([0.5, 1.0, 2.0]), draw.randint(1, 5))
        for _ in range(5)
    ]
    room, probed = 20_000, max(trial.peak_mib for trial in trials)
    packer = made_up_packer(peak_mib=probed, room_mib=room, cards=cards, speedup=2.0)
    slots = packer.at_once
    spent = MadeUpMachine(packer, trials).run()
    smallest = min(trial.peak_mib for trial in trials)
    at_best = min(len(trials), cards * (room // smallest))
    best = best_makespan(trials, room, cards)
    assert best <= spent + 1e-6
    assert spent <= (at_best + slots - 1) / slots * best + 1e-6


def test_the_best_packing_is_found_where_it_is_known() -> None:
    """Two trials of 6 and one of 4 in a card of 10: the small one runs beside a large one."""
    trials = [MadeUpTrial(6), MadeUpTrial(6), MadeUpTrial(4, evaluations=8)]
    assert best_makespan(trials, room_mib=10, cards=1) == pytest.approx(80.0)
    assert best_makespan(trials, room_mib=10, cards=2) == pytest.approx(80.0)
    assert best_makespan(trials[:2], room_mib=10, cards=2) == pytest.approx(40.0)


@pytest.mark.parametrize("together", [1.0, 1.09])
def test_what_is_no_faster_together_takes_turns(together: float) -> None:
    packer = made_up_packer(peak_mib=1_000, room_mib=3_450)  # three fit
    trials = [MadeUpTrial(1_000, evaluations=12)] * 8
    machine = MadeUpMachine(packer, trials, lambda mates: min(1.0, together / mates))
    machine.run()
    assert packer.known.per_card == 1
    assert packer.known.speedup == pytest.approx(together)
    assert machine.together == [1, 2, 3, 1, 1, 1, 1, 1]


def test_what_is_faster_together_goes_on_sharing() -> None:
    packer = made_up_packer(peak_mib=1_000, room_mib=3_450)
    trials = [MadeUpTrial(1_000, evaluations=12)] * 8
    machine = MadeUpMachine(packer, trials, lambda mates: min(1.0, 1.8 / mates))
    spent = machine.run()
    turns = sum(trial.seconds for trial in trials)
    assert packer.known.per_card == 3
    assert packer.known.speedup == pytest.approx(1.8)
    assert spent < turns / 1.4


def test_the_first_trial_has_a_card_to_itself_until_its_speed_is_known() -> None:
    packer = made_up_packer(peak_mib=1_000, room_mib=3_450, cards=2)
    trials = [MadeUpTrial(1_000, evaluations=12)] * 6
    machine = MadeUpMachine(packer, trials, lambda mates: 1.0, load_s=5.0)
    spent = machine.run()
    assert machine.together == [1, 2, 3, 1, 2, 3]
    assert spent == pytest.approx(5 + 20 + 5 + 120)  # two intervals alone, then all others
