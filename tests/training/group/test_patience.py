from __future__ import annotations

from autoclue.training.group import Patience


def test_nothing_is_known_of_a_trial_that_begins() -> None:
    patience = Patience(times=10, least_s=1, first_s=1800)
    assert patience.limit_s == 1800


def test_the_longest_evaluation_so_far_says_how_long_nothing_may_be_heard() -> None:
    patience = Patience(times=10, least_s=1, first_s=1800)
    for seconds in (3, 20, 4):
        patience.note(seconds)
    assert patience.limit_s == 200


def test_evaluations_within_seconds_leave_a_floor() -> None:
    patience = Patience(times=10, least_s=300, first_s=1800)
    for _ in range(3):
        patience.note(0.5)
    assert patience.limit_s == 300


def test_another_trial_begins_anew() -> None:
    patience = Patience(times=10, least_s=1, first_s=1800)
    for _ in range(3):
        patience.note(2)
    patience.forget()
    assert patience.limit_s == 1800
