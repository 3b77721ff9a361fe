"""What every sampler must keep to. A new one adds itself to CASES; of rounds, to POPULATIONS."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
import pytest

from autoclue.records import Scalar
from autoclue.search.sampling import (
    SAMPLERS,
    Proposer,
    ask,
    ask_baseline,
    check_sampler,
    exhausted,
    find_population,
)
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import StudyAttributes
from autoclue.search.tuner import FixedConfigurations, GenerationSource, Job, PopulationBreeder
from autoclue.space import Choice, FloatRange, IntRange, SearchSpace, space_from_mapping
from autoclue.training import TrialConfig

FINITE: Mapping[str, object] = {
    "blocks": {"int": [1, 5], "step": 2},
    "schedule": ["linear", "triangle"],
    "cut_fraction": {"float": [0.1, 0.5], "step": 0.2, "when": {"schedule": "triangle"}},
    "warm": {"choice": [True, None], "when": {"schedule": "linear", "blocks": [1, 3]}},
    "epochs": 3,
    "one": ["only"],
}
"""3 x 3 with the triangle, 2 x 2 + 1 without: 14 configurations."""

ENDLESS: Mapping[str, object] = {
    "learning_rate": {"float": [1e-5, 1e-4], "log": True},
    "dropout": {"float": [0.0, 0.7], "step": 0.1},
    "length": {"int": [32, 512], "log": True},
    **FINITE,
}
ON_THE_WAY: Mapping[str, object] = {
    "learning_rate": {"float": [1e-5, 1e-4], "log": True},
    "dropout": {"float": [0.0, 0.7], "step": 0.1},
    "one": ["only"],
    "epochs": 3,
}
"""What may change while a trial trains; nothing of it is conditional."""
CASES = [
    pytest.param("tpe", ENDLESS, id="tpe"),
    pytest.param("random", ENDLESS, id="random"),
    pytest.param("cmaes", ENDLESS, id="cmaes"),
    pytest.param(
        "gp",
        ENDLESS,
        id="gp",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("torch") is None, reason="PyTorch is not installed"
        ),
    ),
    pytest.param("grid", FINITE, id="grid"),
    pytest.param("pbt", ON_THE_WAY, id="pbt"),
    pytest.param("pb2", ON_THE_WAY, id="pb2"),
]
POPULATIONS = ["hazero", "pshe2"]
TRIALS = 13
every_sampler_of_conditions = pytest.mark.parametrize(
    ("sampler", "parameters"), [case for case in CASES if case.values[1] is not ON_THE_WAY]
)
every_sampler = pytest.mark.parametrize(("sampler", "parameters"), CASES)
every_population = pytest.mark.parametrize("sampler", POPULATIONS)
Params = dict[str, Scalar]


def make_space(parameters: Mapping[str, object]) -> SearchSpace:
    return space_from_mapping({"name": "s", "parameters": dict(parameters)}, origin="test")


def make_ledger() -> Ledger:
    return Ledger(optuna.create_study(direction="maximize"))


def ask_once(ledger: Ledger, sampler: str, space: SearchSpace, seed: int = 5) -> Params:
    """Ask once, with everything made anew, and close the trial: some fail, some are stopped."""
    number, params = ask(ledger, Proposer(space, sampler, seed))
    ledger.commit(number, params, "key")
    if number % 5 == 3:
        ledger.failed(number, "It blew up.")
    elif number % 5 == 4:
        ledger.pruned(number)
    else:
        ledger.completed(
            number, -float(params.get("dropout") or 0) - float(params.get("blocks") or 0)
        )
    return params


def history(
    sampler: str, parameters: Mapping[str, object], trials: int, **seed: int
) -> list[Params]:
    ledger, space = make_ledger(), make_space(parameters)
    return [ask_once(ledger, sampler, space, **seed) for _ in range(trials)]


def type_is_right(space: SearchSpace, name: str, value: Scalar) -> bool:
    parameter = space.parameters[name]
    if isinstance(parameter, FloatRange):
        return type(value) is float
    if isinstance(parameter, IntRange):
        return type(value) is int
    if isinstance(parameter, Choice):
        return any(value == choice and type(value) is type(choice) for choice in parameter.choice)
    return value == parameter.value


def rounds_of(sampler: str, parameters: Mapping[str, object], seed: int = 5) -> list[Params]:
    """Ask the baseline and 12 rounds of 4, with everything made anew for each trial."""
    ledger, space, population = make_ledger(), make_space(parameters), find_population(sampler)
    assert population is not None
    breeder = PopulationBreeder.around(population, space, {"blocks": 3}, size=4, seed=seed)
    plan = FixedConfigurations(toy_config, toy_config({}), {"blocks": 3})
    while True:
        source = GenerationSource(ledger, Proposer(space, sampler, seed), plan, breeder, 12)
        source.restore()
        job = source.next()
        if not isinstance(job, Job):
            return [dict(trial.config["strategy_params"]) for trial in ledger.trials()[1:]]
        if job.number % 5 == 3:
            ledger.failed(job.number, "It blew up.")
        else:
            ledger.completed(job.number, -float(job.config.strategy_params.get("dropout") or 0))


def toy_config(params: Mapping[str, Scalar]) -> TrialConfig:
    """Hold any settings."""
    common = {"task": "xnli", "model": "builtin", "epochs": 1, "batch_size": 8}
    rate = {"max_length_tokens": 64, "learning_rate": 1e-4}
    return TrialConfig.model_validate({**common, **rate, "strategy_params": dict(params)})


@every_population
def test_members_lie_in_the_space_with_their_types_and_nothing_is_trained_twice(
    sampler: str,
) -> None:
    space = make_space(ENDLESS)
    asked = rounds_of(sampler, ENDLESS)

    assert all(space.contains(params) for params in asked)
    assert all(type_is_right(space, n, v) for params in asked for n, v in params.items())
    assert {p["schedule"] for p in asked} == {"linear", "triangle"}
    assert {p["dropout"] for p in asked} <= {i / 10 for i in range(8)}
    assert len(set(map(repr, asked))) == len(asked) == 48


@every_population
def test_a_population_in_a_finite_space_ends_after_its_rounds(sampler: str) -> None:
    asked = rounds_of(sampler, FINITE)

    assert all(map(make_space(FINITE).contains, asked))
    assert len(set(map(repr, asked))) == len(asked) <= 14


@every_population
def test_a_population_asks_the_same_for_a_seed_and_others_for_another(sampler: str) -> None:
    assert rounds_of(sampler, ENDLESS) == rounds_of(sampler, ENDLESS)
    assert rounds_of(sampler, ENDLESS)[:3] != rounds_of(sampler, ENDLESS, seed=6)[:3]


def test_every_sampler_has_a_case() -> None:
    assert sorted([*(str(case.values[0]) for case in CASES), *POPULATIONS]) == SAMPLERS.names()


@pytest.mark.parametrize("sampler", SAMPLERS.names())
def test_it_and_its_parameters_are_described(sampler: str) -> None:
    assert SAMPLERS.make(sampler).name == sampler
    docs = [SAMPLERS.doc(sampler), *(p.doc for p in SAMPLERS.parameters(sampler).values())]
    assert [doc for doc in docs if len(doc) < 20 or not doc.endswith(".")] == []


@every_sampler
def test_it_is_accepted_for_its_space(sampler: str, parameters: Mapping[str, object]) -> None:
    check_sampler(sampler, make_space(parameters))


@every_sampler
def test_values_lie_in_the_space_with_their_type(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    space = make_space(parameters)

    asked = history(sampler, parameters, TRIALS)

    assert all(space.contains(params) for params in asked)
    assert all(type_is_right(space, n, v) for params in asked for n, v in params.items())


@every_sampler_of_conditions
def test_a_conditional_parameter_is_asked_exactly_when_it_is_active(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    asked = history(sampler, parameters, TRIALS)

    assert {p["schedule"] for p in asked} == {"linear", "triangle"}
    assert all(("cut_fraction" in p) == (p["schedule"] == "triangle") for p in asked)
    assert all(
        ("warm" in p) == (p["schedule"] == "linear" and p["blocks"] in (1, 3)) for p in asked
    )


@every_sampler
def test_a_fixed_value_is_given_but_never_searched(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    ledger, space = make_ledger(), make_space(parameters)

    asked = [ask_once(ledger, sampler, space) for _ in range(TRIALS)]

    assert {params["epochs"] for params in asked} == {3}
    assert all("epochs" not in trial.params for trial in ledger.trials())


@every_sampler
def test_a_step_of_a_range_is_the_number_that_people_write(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    asked = history(sampler, parameters, TRIALS)

    tenths = {i / 10 for i in range(8)}
    assert {p["dropout"] for p in asked if "dropout" in p} <= tenths
    assert {p["cut_fraction"] for p in asked if "cut_fraction" in p} <= {0.1, 0.3, 0.5}


@every_sampler
def test_the_same_seed_and_ledger_give_the_same_trials(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    assert history(sampler, parameters, TRIALS) == history(sampler, parameters, TRIALS)


@pytest.mark.parametrize("sampler", ["tpe", "random", "cmaes"])
def test_another_seed_gives_other_trials(sampler: str) -> None:
    assert history(sampler, ENDLESS, 3, seed=5) != history(sampler, ENDLESS, 3, seed=6)


def test_a_new_process_with_another_hash_seed_gives_the_same_trials() -> None:
    names = ["tpe", "random", "cmaes"]
    code = (
        "import json, runpy, sys\n"
        "test = runpy.run_path(sys.argv[1])\n"
        "asked = {n: test['history'](n, test['ENDLESS'], 11) for n in sys.argv[2:]}\n"
        "asked |= {n: test['rounds_of'](n, test['ENDLESS']) for n in test['POPULATIONS']}\n"
        "print(json.dumps(asked))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).resolve()), *names],
        env={**os.environ, "PYTHONHASHSEED": "20261"},
        capture_output=True,
        text=True,
        check=True,
    )

    here = {name: history(name, ENDLESS, 11) for name in names}
    assert json.loads(process.stdout) == here | {n: rounds_of(n, ENDLESS) for n in POPULATIONS}


@every_sampler
def test_a_finite_space_is_asked_completely_and_nothing_twice(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    ledger, space = make_ledger(), make_space(FINITE)
    proposer = Proposer(space, sampler, 5)
    open_before = []

    asked = []
    for _ in range(14):
        open_before.append(not exhausted(ledger, proposer))
        ask(ledger, proposer)  # cut off; the next ask takes the same trial up again
        asked.append(ask_once(ledger, sampler, space))

    assert all(open_before)
    assert exhausted(ledger, proposer)
    assert sorted(map(repr, asked)) == sorted(map(repr, space.grid()))


@every_sampler
def test_a_study_on_disk_opened_before_each_trial_asks_the_same(
    sampler: str, parameters: Mapping[str, object], tmp_path: Path
) -> None:
    storage, space = f"sqlite:///{tmp_path / 'ledger.db'}", make_space(parameters)
    Ledger.create(storage, "study", StudyAttributes())

    asked = [ask_once(Ledger.open(storage, "study"), sampler, space) for _ in range(TRIALS)]

    assert asked == history(sampler, parameters, TRIALS)


@every_sampler
def test_a_trial_cut_off_before_it_was_settled_is_asked_again_alike(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    ledger, space = make_ledger(), make_space(parameters)

    lost: list[Any] = []
    again = []
    for _ in range(TRIALS):
        lost.append(ask(ledger, Proposer(space, sampler, 5))[1])
        again.append(ask_once(ledger, sampler, space))

    assert lost == again == history(sampler, parameters, TRIALS)
    assert [trial.number for trial in ledger.trials()] == list(range(TRIALS))


@every_sampler
def test_a_baseline_outside_the_space_disturbs_nothing(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    ledger, space = make_ledger(), make_space(parameters)
    number = ask_baseline(ledger, Proposer(space, sampler, 5), {"blocks": 2, "one": "only"})
    ledger.commit(number, {}, "key")
    ledger.completed(number, 1.0)

    asked = [ask_once(ledger, sampler, space) for _ in range(TRIALS)]

    assert ledger.trials()[0].params == {"one": "only"}
    assert all(space.contains(params) for params in asked)
    assert len(set(map(repr, asked))) == TRIALS


@every_sampler
def test_a_baseline_inside_a_finite_space_is_not_asked_again(
    sampler: str, parameters: Mapping[str, object]
) -> None:
    ledger, space = make_ledger(), make_space(FINITE)
    baseline: Params = {
        "blocks": 3, "schedule": "linear", "warm": None, "epochs": 3, "one": "only",
    }  # fmt: skip
    ledger.commit(ask_baseline(ledger, Proposer(space, sampler, 5), baseline), {}, "key")

    asked = [ask_once(ledger, sampler, space) for _ in range(13)]

    assert exhausted(ledger, Proposer(space, sampler, 5))
    assert sorted(map(repr, [*asked, baseline])) == sorted(map(repr, space.grid()))
