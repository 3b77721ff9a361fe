"""Strategies, samplers and schedulers of a plan: by name with parameters, and as objects."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from autoclue.strategies.discriminative import Discriminative

from autoclue.errors import UsageError
from autoclue.search.sampling import Tpe
from autoclue.search.spec.plan import Plan
from autoclue.search.stopping import Asha
from autoclue.space import Fixed

Planned = Callable[..., Plan]


def test_values_given_with_a_strategy_are_not_searched(planned: Planned) -> None:
    plan = planned(strategy="discriminative:factor=1.2,grouping=paddlehub")
    same = planned(settings=("factor=1.2", "grouping=paddlehub"))

    assert plan.default_name == same.default_name
    assert plan.space == same.space
    assert plan.space.parameters["factor"] == Fixed(value=1.2)


def test_values_given_with_a_strategy_and_again_are_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match="factor is given with the strategy and again"):
        planned(strategy="discriminative:factor=1.2", settings=("factor=1.0..1.4",))


def test_objects_of_python_are_choices_too(planned: Planned) -> None:
    plan = planned(
        scheduler=Asha(reduction_factor=4),
        sampler=Tpe(startup_trials=12),
        strategy=Discriminative(factor=1.2),
    )

    assert plan.question.scheduler == "asha:reduction_factor=4.0"
    assert plan.question.sampler == "tpe:startup_trials=12"
    assert (plan.question.strategy, plan.question.settings) == ("discriminative", {"factor": 1.2})
    assert plan.scheduler == Asha(reduction_factor=4)


def test_an_object_of_another_kind_is_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match="is not a scheduler; it must be a frozen dataclass"):
        planned(scheduler=Tpe())


def test_several_values_given_with_a_strategy_are_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match=r"blocks has several values; .* use --set blocks="):
        planned(strategy="discriminative:blocks=4,8")


def test_equal_choices_are_the_same_question(planned: Planned) -> None:
    asha = planned(scheduler="asha")

    assert asha.scheduler == Asha()
    assert planned(scheduler="asha:reduction_factor=3").default_name == asha.default_name
    assert planned(scheduler="asha:reduction_factor=4").default_name != asha.default_name
