"""A population whose members go on from each other, as a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.options import Limits
from autoclue.search.sampling import Course
from autoclue.search.spec import check_limits
from autoclue.search.spec.plan import Plan

Planned = Callable[..., Plan]
SHORT: dict[str, Any] = {
    "max_steps": 40,
    "eval_every": 4,
    "builtin_size": "tiny",
    "settings": ("batch_size=16",),
}


@pytest.fixture
def population(planned: Planned) -> Planned:
    """Plans of a population of short members."""
    return lambda **changes: planned(**{"sampler": "pbt", **SHORT, **changes})


def test_eight_members_compare_at_three_boundaries_and_none_is_stopped(
    population: Planned,
) -> None:
    plan = population()
    assert plan.course == Course(8, (16, 24, 32), 40.0)
    assert (plan.question.scheduler, plan.question.population) == ("none", 8)


def test_members_boundaries_and_a_control_are_asked_for(population: Planned) -> None:
    plan = population(sampler="pb2:control=true", population=4, boundaries="0.3,0.6")
    assert plan.course == Course(4, (12, 24), 40.0, control=True)
    assert population(boundaries=[0.3, 0.6]).question.boundaries == "0.3,0.6"


def test_boundaries_and_members_make_another_question(population: Planned) -> None:
    names = {
        population(**changes).default_name
        for changes in ({}, {"population": 4}, {"boundaries": "0.5"}, {"sampler": "pb2"})
    }
    assert len(names) == 4
    assert population(population=8).default_name == population().default_name


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"population": 1}, r"population.*2"),
        ({"boundaries": "0.33"}, r"0\.33 falls on step 13\.2, between the evaluations at the ste"),
        (
            {"boundaries": "half"},
            r"boundaries must be numbers such as 0\.4,0\.6,0\.8, not",
        ),
        ({"boundaries": [10**400, 0.5]}, r"boundaries must be numbers such as .{0,130}$"),
        ({"boundaries": "1.5"}, r"boundaries must be shares of the schedule, between 0 and 1"),
        ({"scheduler": "asha"}, r"--scheduler is asha, but the members of --sampler pbt are"),
        ({"settings": ()}, r"changes settings while a trial trains, and batch_size can't"),
        (
            {"strategy": "uniform", "settings": ("batch_size=16", "learning_rate=1e-3")},
            r"has nothing to change: every setting of the space",
        ),
        ({"sampler": "tpe", "boundaries": "0.5"}, r"--boundaries is for --sampler pbt and pb2"),
        ({"eval_every": 20}, r"compares at 3 evaluations between the warm-up and the end, and"),
    ],
)
def test_what_a_population_can_not_do_is_refused_in_a_sentence(
    changes: dict[str, Any], reason: str, population: Planned
) -> None:
    with pytest.raises(UsageError, match=reason):
        population(**changes)


def test_steps_that_are_not_known_before_the_rows_are_read_are_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match=r"give --max-steps and --eval-every in steps with"):
        planned(task="cmrc2018", sampler="pbt", settings=("batch_size=16",))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(extend=8), r"--extend can't add to --sampler pbt: its members end with their"),
        (Limits(trials=10), r"--trials is 10, but 8 members with 3 boundaries make 33 trials"),
    ],
)
def test_numbers_of_trials_follow_from_members_and_boundaries(
    limits: Limits, reason: str, population: Planned
) -> None:
    plan = population()
    with pytest.raises(UsageError, match=reason):
        check_limits(limits, plan.question, plan.course)
    check_limits(Limits(trials=33), plan.question, plan.course)
    check_limits(limits, plan.question, None)
