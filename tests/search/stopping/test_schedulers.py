from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autoclue.errors import UsageError
from autoclue.records import Stop
from autoclue.search.stopping import Asha, Board, Standing, make_scheduler
from autoclue.search.stopping.board import snap
from autoclue.search.stopping.halving import cut_below_best_share

RUNG = 1 / 3
scores = st.floats(0, 1)
rules = st.builds(
    Asha,
    first_rung=st.floats(0.01, 0.99),
    reduction_factor=st.floats(1.1, 6),
    min_comparators=st.integers(1, 5),
)


def at_rung(score: float, *others: float, scheduler: Asha | None = None) -> Stop | None:
    """Decide at one rung, at update 300 of 900."""
    scheduler = scheduler or Asha()
    return cut_below_best_share(
        Standing(300, score, score),
        others,
        rung=RUNG,
        reduction_factor=scheduler.reduction_factor,
        min_comparators=scheduler.min_comparators,
    )


def rung_steps(scheduler: Asha, evaluation_steps: Sequence[int], total: float) -> dict[float, int]:
    """Where the rungs of a rule fall, those left out that a trial doesn't have."""
    lateness = math.sqrt(scheduler.reduction_factor)
    falls = {
        rung: snap(rung, lateness=lateness, evaluation_steps=evaluation_steps, total_steps=total)
        for rung in scheduler.rungs
    }
    return {rung: step for rung, step in falls.items() if step is not None}


def board_of(*curves: Sequence[float], steps: tuple[int, ...] = (100, 300, 600, 900)) -> Board:
    """Some trials of 900 updates, each with its scores so far."""
    board = Board()
    for number, scores_so_far in enumerate(curves):
        board.open(number, total_steps=900, evaluation_steps=steps)
        for step, score in zip(steps, scores_so_far, strict=False):
            board.report(number, step, score)
    return board


def stopped(scheduler: Asha, all_scores: list[float]) -> list[bool]:
    """Decide for each of some trials that have all been seen at a rung."""
    return [
        at_rung(score, *all_scores[:i], *all_scores[i + 1 :], scheduler=scheduler) is not None
        for i, score in enumerate(all_scores)
    ]


def test_rungs_are_powers_of_the_factor_below_the_end() -> None:
    assert Asha().rungs == pytest.approx((1 / 9, 1 / 3))
    assert Asha(first_rung=0.25, reduction_factor=2).rungs == (0.25, 0.5)
    assert Asha(first_rung=0.2, reduction_factor=2).rungs == (0.2, 0.4, 0.8)
    assert Asha(first_rung=0.5, reduction_factor=3).rungs == (0.5,)


@given(rules)
def test_rungs_ascend_by_the_factor_and_stay_below_one(scheduler: Asha) -> None:
    rungs = scheduler.rungs

    assert rungs[0] == scheduler.first_rung
    assert rungs[-1] < 1 <= rungs[-1] * scheduler.reduction_factor + 1e-8
    assert all(
        math.isclose(high, low * scheduler.reduction_factor) for low, high in pairwise(rungs)
    )


def test_a_rung_falls_on_the_first_evaluation_at_or_after_it() -> None:
    assert list(rung_steps(Asha(), range(100, 1000, 100), 900).values()) == [100, 300]
    assert list(rung_steps(Asha(), range(100, 1200, 100), 1100).values()) == [200, 400]


def test_rounding_does_not_push_a_rung_to_the_next_evaluation() -> None:
    scheduler = Asha(first_rung=0.1 + 0.2, reduction_factor=4)
    assert rung_steps(scheduler, (30, 60, 100), 100) == {0.1 + 0.2: 30}


@pytest.mark.parametrize(
    ("total_steps", "kept"),
    [(600, [100, 200]), (521, [100, 200]), (519, [200]), (300, [100]), (174, [100]), (173, [])],
)
def test_a_rung_whose_evaluation_comes_much_later_is_left_out(
    total_steps: int, kept: list[int]
) -> None:
    """At a factor of 3, later than sqrt(3) times 1/9 or 1/3 of the schedule."""
    evaluations = [*range(100, total_steps, 100), total_steps]

    assert list(rung_steps(Asha(), evaluations, total_steps).values()) == kept


def test_a_rung_on_the_last_evaluation_or_after_it_is_dropped() -> None:
    late = Asha(first_rung=0.9)
    assert rung_steps(late, (90, 100), 100) == {0.9: 90}
    assert rung_steps(late, (80, 100), 100) == {}
    assert rung_steps(late, (10, 20), 100.5) == {}
    assert rung_steps(late, (), 100) == {}


@given(
    rules,
    st.lists(st.integers(1, 3000), min_size=1, max_size=30, unique=True).map(sorted),
    st.floats(0, 50),
)
def test_every_rung_kept_is_a_later_evaluation_but_the_last(
    scheduler: Asha, evaluation_steps: list[int], beyond: float
) -> None:
    total = evaluation_steps[-1] + beyond

    steps = rung_steps(scheduler, evaluation_steps, total)

    assert list(steps) == [rung for rung in scheduler.rungs if rung in steps]
    assert list(steps.values()) == sorted(set(steps.values()))
    assert all(
        at in evaluation_steps[:-1]
        and rung * total - 1e-6
        <= at
        <= rung * total * math.sqrt(scheduler.reduction_factor) + 1e-6
        and all(e < rung * total for e in evaluation_steps if e < at)
        for rung, at in steps.items()
    )


def test_only_the_best_third_goes_on() -> None:
    assert at_rung(0.6, 0.5, 0.7, 0.8) is not None
    assert at_rung(0.7, 0.5, 0.6, 0.8) is None
    assert at_rung(0.8, 0.5, 0.6, 0.7) is None


def test_the_share_that_goes_on_is_rounded_up() -> None:
    assert at_rung(0.8, 0.9, 0.1, 0.2) is None
    assert at_rung(0.8, 0.9, 0.85, 0.1, 0.2, 0.3) is not None
    assert at_rung(0.8, 0.9, 0.85, 0.1, 0.2, 0.3, 0.4) is None


def test_nothing_is_cut_before_enough_others_are_seen() -> None:
    assert at_rung(0.1, 0.8, 0.9) is None
    assert at_rung(0.1, 0.7, 0.8, 0.9) is not None
    assert at_rung(0.1, 0.7, 0.8, 0.9, scheduler=Asha(min_comparators=4)) is None
    assert at_rung(0.1, 0.9, scheduler=Asha(min_comparators=1, reduction_factor=2)) is not None


def test_a_tie_with_the_cutoff_goes_on() -> None:
    assert at_rung(0.5, 0.5, 0.5, 0.5) is None
    assert at_rung(0.8, 0.8, 0.8, 0.9) is None


def test_a_step_that_is_no_rung_never_stops() -> None:
    ahead = [[0.9, 0.9, 0.9]] * 9

    assert Asha().decide(board_of(*ahead, [0.0]), 9) is not None
    assert Asha().decide(board_of(*ahead, [0.0, 0.0, 0.0]), 9) is None
    assert Asha().decide(board_of(*ahead, [0.0], steps=(600, 900)), 9) is None


def test_a_trial_is_compared_with_the_best_scores_so_far() -> None:
    steps = (50, 100, 300, 900)
    others = [[0.8, 0.6]] * 3

    stop = Asha().decide(board_of(*others, [0.7, 0.2], steps=steps), 3)

    assert stop is not None
    assert (stop.score, stop.cutoff, stop.step) == (0.7, 0.8, 100)
    assert Asha().decide(board_of(*others, [0.8, 0.2], steps=steps), 3) is None


def test_a_stop_says_what_was_compared_with_what() -> None:
    assert at_rung(0.51239, 0.6, 0.7, 0.8, 0.9) == Stop(
        reason="0.5124 at 33% of its schedule is below 0.8000, the best 2 of 5 seen there",
        rung=RUNG,
        step=300,
        score=0.51239,
        cutoff=0.8,
        comparators=4,
    )


@given(rules, st.lists(scores, min_size=1, max_size=40))
def test_the_best_seen_at_a_rung_is_never_stopped(scheduler: Asha, found: list[float]) -> None:
    assert not stopped(scheduler, found)[found.index(max(found))]


@given(rules, st.lists(scores, min_size=1, max_size=40))
def test_at_least_the_share_of_the_factor_goes_on(scheduler: Asha, found: list[float]) -> None:
    survivors = stopped(scheduler, found).count(False)

    assert survivors >= math.ceil(len(found) / scheduler.reduction_factor)


@given(st.lists(scores, min_size=4, max_size=40, unique=True))
def test_without_ties_exactly_the_share_of_the_factor_goes_on(found: list[float]) -> None:
    assert stopped(Asha(), found).count(False) == math.ceil(len(found) / 3)


@given(rules, st.lists(scores, min_size=2, max_size=20), scores)
def test_who_goes_on_would_go_on_with_a_better_score(
    scheduler: Asha, others: list[float], score: float
) -> None:
    stop = at_rung(score, *others, scheduler=scheduler)
    better = at_rung(min(1.0, score + 0.1), *others, scheduler=scheduler)

    assert better is None or stop is not None


@given(rules, st.lists(scores, min_size=1, max_size=20), scores, st.randoms())
def test_the_order_in_which_others_came_does_not_matter(
    scheduler: Asha, others: list[float], score: float, random: Random
) -> None:
    shuffled = list(others)
    random.shuffle(shuffled)

    assert at_rung(score, *shuffled, scheduler=scheduler) == at_rung(
        score, *others, scheduler=scheduler
    )


@pytest.mark.parametrize("first_rung", ["0.0", "1.0", "-0.1", "1.5"])
@pytest.mark.parametrize("name", ["asha", "hyperband"])
def test_a_first_rung_outside_the_schedule_is_refused(name: str, first_rung: str) -> None:
    with pytest.raises(UsageError, match=r"first_rung is .*; it must be above 0 and below 1"):
        make_scheduler(f"{name}:first_rung={first_rung}", seed=0)


@pytest.mark.parametrize("factor", ["1.0", "0.5", "-3.0"])
@pytest.mark.parametrize("name", ["asha", "hyperband"])
def test_a_factor_that_cuts_nothing_or_all_is_refused(name: str, factor: str) -> None:
    with pytest.raises(UsageError, match=r"reduction_factor is .*; it must be above 1\."):
        make_scheduler(f"{name}:reduction_factor={factor}", seed=0)


@pytest.mark.parametrize("value", ["Infinity", "NaN"])
def test_a_value_that_is_not_finite_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match=r"reduction_factor is .*; it must be a finite number"):
        make_scheduler(f"asha:reduction_factor={value}", seed=0)


@pytest.mark.parametrize("count", [0, -1])
@pytest.mark.parametrize("name", ["asha", "hyperband", "median"])
def test_cutting_without_a_comparator_is_refused(name: str, count: int) -> None:
    with pytest.raises(UsageError, match=f"min_comparators is {count}; it must be at least 1"):
        make_scheduler(f"{name}:min_comparators={count}", seed=0)


@pytest.mark.parametrize("rungs", ["0.5,0.2", "0.2,0.2", "0.2,1.0", "0.0,0.5"])
def test_rungs_of_the_median_that_do_not_ascend_within_the_schedule_are_refused(
    rungs: str,
) -> None:
    with pytest.raises(UsageError, match="rungs"):
        make_scheduler(f"median:rungs={rungs}", seed=0)


def test_values_out_of_range_are_refused_in_python_too() -> None:
    with pytest.raises(ValidationError, match="Input should be greater than 1"):
        Asha(reduction_factor=1)
