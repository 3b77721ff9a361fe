"""What ``--evaluator population-based`` makes of the other options of a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.search.spec.plan import Plan
from autoclue.search.study.sources import going_on_of
from autoclue.search.tuner import GoingOn

Planned = Callable[..., Plan]
BASED: dict[str, Any] = {"sampler": "pshe2", "evaluator": "population-based"}


def test_members_go_on_for_an_epoch_with_weights_alone(planned: Planned) -> None:
    plan = planned(**BASED)

    assert (plan.question.epochs_per_round, plan.question.carry) == (1, "weights")
    assert going_on_of(plan) == GoingOn(1, "weights")
    assert planned(**BASED, epochs_per_round=1, carry="weights").question == plan.question
    assert planned(**{**BASED, "evaluator": "populationbased"}).question == plan.question
    assert going_on_of(planned(sampler="pshe2")) is None


def test_max_steps_hold_for_every_round(planned: Planned) -> None:
    assert going_on_of(planned(**BASED, max_steps=40, carry="optimizer")) == GoingOn(
        None, "optimizer"
    )


def test_how_members_go_on_makes_another_question(planned: Planned) -> None:
    names = [planned(**BASED, **c).default_name for c in ({}, {"epochs_per_round": 2})]
    names += [planned(**BASED, carry="optimizer").default_name]
    names += [planned(sampler="pshe2").default_name]

    assert len(set(names)) == 4
    assert planned().settings["carry"] is planned().settings["epochs_per_round"] is None


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({**BASED, "epochs_per_round": 0}, "epochs_per_round is 0, but must be at least 1"),
        ({**BASED, "carry": "moments"}, "'moments', but must be weights or optimizer"),
        ({"sampler": "pshe2", "epochs_per_round": 2}, "--epochs-per-round is for --evaluator pop"),
        ({"sampler": "hazero", "carry": "weights"}, "--carry is for --evaluator population-based"),
        ({"epochs_per_round": 2}, "--epochs-per-round is for --evaluator population-based"),
        ({**BASED, "sampler": "pbt"}, "--evaluator is for samplers that propose whole rounds"),
        ({**BASED, "sampler": "tpe"}, "--evaluator is for samplers that propose whole rounds"),
        (
            {**BASED, "epochs_per_round": 2, "max_steps": 40},
            "--epochs-per-round is 2 and --max-steps is 40, .* give one of them",
        ),
        ({**BASED, "settings": ["epochs=2,3"]}, "The space searches epochs, .* --set epochs=3"),
        ({**BASED, "settings": ["max_steps=40"]}, "sets max_steps, .* give it as --max-steps"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_in_a_sentence(
    planned: Planned, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        planned(**options)


def test_one_value_of_epochs_is_the_length_of_round_0(planned: Planned) -> None:
    plan = planned(**BASED, settings=["epochs=2"])

    assert plan.configure({**plan.baseline_params, "epochs": 2}).epochs == 2
    assert going_on_of(plan) == GoingOn(1)
