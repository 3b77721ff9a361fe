"""What becomes of members at a boundary, on scripted scores."""

from __future__ import annotations

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.records import Fate, ValueChange
from autoclue.search.sampling.segments.course import Course, boundary_steps
from autoclue.search.sampling.segments.exploit import MemberStanding, fates_of

CHANGE = ValueChange("learning_rate", 1e-3, 1.2e-3, "times 1.2")
EVALUATIONS = tuple(range(5, 61, 5))


def something(donor: int, place: int, rng: np.random.Generator) -> tuple[ValueChange, ...]:
    return (CHANGE,)


def nothing(donor: int, place: int, rng: np.random.Generator) -> tuple[ValueChange, ...]:
    return ()


def standings(*scores: float | None) -> list[MemberStanding]:
    return [
        MemberStanding(place, 10 + place, score, None if score is not None else "loss is nan.")
        for place, score in enumerate(scores)
    ]


def decide(*scores: float | None, margin: float = 0.01, seed: int = 1) -> tuple[Fate, ...]:
    return fates_of(
        standings(*scores),
        quantile=0.25,
        margin=margin,
        seed=seed,
        generation=0,
        explore=something,
    )


def test_the_lowest_quarter_takes_over_from_the_highest() -> None:
    fates = decide(0.5, 0.1, 0.6, 0.55, 0.9, 0.2, 0.8, 0.4)
    replaced = {fate.place: fate.donor for fate in fates if fate.donor is not None}
    assert set(replaced) == {1, 5}
    assert set(replaced.values()) <= {4, 6}
    assert [fates[i].rank for i in (4, 6, 1)] == [1, 2, 8]
    assert fates[1].changes == (CHANGE,)
    assert fates[1].donor_trial == 10 + replaced[1]


def test_donors_differ_by_seed_and_not_otherwise() -> None:
    scores = (0.5, 0.1, 0.6, 0.55, 0.9, 0.2, 0.8, 0.4)
    assert decide(*scores) == decide(*scores)
    assert len({decide(*scores, seed=seed)[1].donor for seed in range(20)}) == 2


def test_who_is_behind_by_no_more_than_scores_wobble_goes_on() -> None:
    fate = decide(0.50, 0.505, 0.51, 0.52, margin=0.03)[0]
    assert fate.donor is None
    assert fate.reason == (
        "it is behind member 3 by 0.0200, which is no more than 0.0300, as scores wobble"
    )


@pytest.mark.parametrize(("members", "replaced"), [(2, 1), (3, 1), (4, 1), (5, 2), (8, 2)])
def test_a_quarter_is_rounded_up_and_never_more_than_half(members: int, replaced: int) -> None:
    fates = decide(*(0.1 * place for place in range(members)))
    assert sum(fate.donor is not None for fate in fates) == replaced


def test_equal_scores_replace_nobody() -> None:
    assert [fate.donor for fate in decide(0.5, 0.5, 0.5, 0.5, margin=0.0)] == [None] * 4


def test_a_member_that_failed_goes_on_from_one_of_the_best() -> None:
    fates = decide(0.5, None, 0.9, 0.7, 0.6, margin=1.0)
    assert (fates[1].donor, fates[1].rank, fates[1].dropped) == (2, None, False)
    assert fates[1].reason == "it failed: loss is nan"
    assert [fate.donor for fate in fates if fate.place != 1] == [None] * 4


def test_where_all_have_failed_nobody_goes_on() -> None:
    fates = decide(None, None)
    assert [fate.dropped for fate in fates] == [True, True]
    assert "no member is left to go on from" in fates[0].reason


def test_a_member_with_nothing_new_to_try_keeps_its_own_and_a_failed_one_ends() -> None:
    fates = fates_of(
        standings(0.1, 0.9, None, 0.5),
        quantile=0.25,
        margin=0.0,
        seed=1,
        generation=0,
        explore=nothing,
    )
    assert [(fate.donor, fate.dropped) for fate in fates] == [
        (None, False),
        (None, False),
        (None, True),
        (None, False),
    ]
    assert "no setting beside the donor's is left to try" in fates[0].reason


def boundaries(shares: tuple[float, ...] | None, *, warm_up: float = 0.1) -> tuple[int, ...]:
    return boundary_steps(
        shares, evaluation_steps=EVALUATIONS, total_steps=60.0, warmup_proportion=warm_up
    )


def test_three_boundaries_lie_behind_the_burn_in_and_none_at_the_end() -> None:
    assert boundaries(None) == (25, 35, 50)
    assert boundaries(None, warm_up=0.6) == (40, 50, 55)


def test_three_evaluations_are_enough_for_three_boundaries() -> None:
    steps = boundary_steps(
        None, evaluation_steps=(15, 30, 45, 60), total_steps=60.0, warmup_proportion=0.1
    )
    assert steps == (15, 30, 45)


def test_boundaries_are_shares_of_the_schedule() -> None:
    assert boundaries((1 / 3, 0.5, 0.75)) == (20, 30, 45)


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        ((0.3, 0.5), r"0\.3 falls on step 18, between the evaluations at the steps 15 and 20"),
        ((0.3,), r"choose 0\.25 or 0\.3333, or other evaluations with --eval-every"),
        ((0.999,), r"0\.999 falls on the end of the schedule"),
        ((0.5, 0.25), r"fall on the steps 30, 15; give ascending ones"),
        ((0.5, 0.5), r"each on a step of its own"),
    ],
)
def test_boundaries_that_can_not_be_are_refused(shares: tuple[float, ...], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        boundaries(shares)


def test_a_boundary_in_the_warm_up_is_refused() -> None:
    with pytest.raises(UsageError, match=r"0\.25 falls on step 15, before the warm-up ends at"):
        boundaries((0.25,), warm_up=0.5)


def test_too_few_evaluations_for_three_boundaries_are_refused() -> None:
    with pytest.raises(UsageError, match=r"compares at 3 evaluations .* there are 2 of them"):
        boundary_steps(
            None, evaluation_steps=(20, 40, 60), total_steps=60.0, warmup_proportion=0.1
        )


def test_a_control_compares_half_as_often() -> None:
    course = Course(8, (10, 20, 30), 40.0, control=True)
    assert course.control_steps == (20,)
    assert course.trials == 1 + 8 * 4 + 8 * 2
    assert Course(8, (10, 20, 30), 40.0).trials == 33
