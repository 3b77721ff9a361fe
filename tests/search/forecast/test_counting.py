"""How many runs of which length a search has, by its sampler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from autoclue.options import Limits
from autoclue.search.forecast import runs_of_search
from autoclue.search.spec.plan import Plan

Planned = Callable[..., Plan]
MEMBERS: dict[str, Any] = {
    "sampler": "pbt",
    "max_steps": 40,
    "eval_every": 4,
    "builtin_size": "tiny",
    "settings": ("batch_size=16",),
}


@pytest.mark.parametrize(
    ("options", "limits", "runs"),
    [
        ({}, Limits(trials=9), 9),
        ({"sampler": "pshe2", "population": 4}, Limits(rounds=3), 13),
        ({"sampler": "hazero"}, Limits(), 51),
        (MEMBERS, Limits(), 9),
        ({**MEMBERS, "sampler": "pbt:control=true", "population": 3}, Limits(), 7),
    ],
)
def test_a_search_has_as_many_runs_as_its_sampler_asks(
    options: dict[str, Any], limits: Limits, runs: int, planned: Planned
) -> None:
    assert len(runs_of_search(planned(**options), limits)) == runs


def test_members_that_go_on_train_the_epochs_of_a_round(planned: Planned) -> None:
    plan = planned(
        sampler="pshe2", population=4, evaluator="population-based", settings=["epochs=3"]
    )
    found = Counter(config.epochs for config in runs_of_search(plan, Limits(rounds=3))[1:])

    assert found == {3: 4, 1: 8}
