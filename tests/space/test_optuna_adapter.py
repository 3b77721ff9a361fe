from __future__ import annotations

import subprocess
import sys
import warnings

import optuna
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from autoclue.space import SearchSpace, space_from_mapping
from autoclue.space.optuna_adapter import conditions, distributions, suggest

PARAMETERS: dict[str, object] = {
    "learning_rate": {"float": [1e-5, 5e-5], "log": True},
    "factor": {"float": [1.0, 1.25], "step": 0.1},
    "blocks": {"int": [12, 24], "step": 5},
    "steps": {"int": [1, 64], "log": True},
    "batch_size": [16, 32],
    "grouping": "paddlehub",
    "dropout": {"choice": [0.0, None], "when": {"batch_size": 16}},
}


def space(parameters: dict[str, object]) -> SearchSpace:
    return space_from_mapping({"parameters": parameters}, origin="test")


def test_distributions_leave_fixed_values_out_and_end_at_the_last_step() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert distributions(space(PARAMETERS)) == {
            "learning_rate": FloatDistribution(1e-5, 5e-5, log=True),
            "factor": FloatDistribution(1.0, 1.2, step=0.1),
            "blocks": IntDistribution(12, 22, step=5),
            "steps": IntDistribution(1, 64, log=True),
            "batch_size": CategoricalDistribution((16, 32)),
            "dropout": CategoricalDistribution((0.0, None)),
        }


def test_conditions_name_the_values_that_activate() -> None:
    assert conditions(space(PARAMETERS)) == {"dropout": {"batch_size": (16,)}}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_every_suggestion_lies_in_the_space(seed: int) -> None:
    built = space(PARAMETERS)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    points = [suggest(built, study.ask()) for _ in range(20)]
    assert [point for point in points if not built.contains(point)] == []
    assert {("dropout" in point) == (point["batch_size"] == 16) for point in points} == {True}


def test_study_records_the_active_searched_parameters_alone() -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trial = study.ask({})
    point = suggest(space(PARAMETERS), trial)
    assert trial.params == {n: v for n, v in point.items() if n != "grouping"}
    expected = {n: d for n, d in distributions(space(PARAMETERS)).items() if n in point}
    assert trial.distributions == expected


def test_suggestions_are_plain_python_values() -> None:
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1, n_startup_trials=2))
    for number in range(6):
        trial = study.ask()
        point = suggest(space(PARAMETERS | {"dropout": [0.0, 0.1]}), trial)
        study.tell(trial, float(number))
        assert {name: type(value) for name, value in point.items()} == {
            "learning_rate": float,
            "factor": float,
            "blocks": int,
            "steps": int,
            "batch_size": int,
            "grouping": str,
            "dropout": float,
        }


def test_importing_the_package_does_not_import_optuna() -> None:
    code = "import sys, autoclue.space, autoclue.models; print('optuna' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
