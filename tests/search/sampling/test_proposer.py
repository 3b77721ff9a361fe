from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import optuna
import pytest

from autoclue.errors import MissingDependencyError, UsageError
from autoclue.records import Scalar
from autoclue.search.sampling import Proposer, ask, ask_baseline, check_sampler, exhausted
from autoclue.search.sampling.tpe import MOST_STARTUP_TRIALS, startup_trials
from autoclue.search.store.ledger import Ledger
from autoclue.space import SearchSpace, space_from_mapping

OpenInMemory = Callable[..., Ledger]
Params = dict[str, Scalar]


def space_of(**parameters: object) -> SearchSpace:
    return space_from_mapping({"name": "mine", "parameters": parameters}, origin="test")


def complete(ledger: Ledger, proposer: Proposer, score: Callable[[Params], float]) -> Params:
    number, params = ask(ledger, proposer)
    ledger.commit(number, params, "key")
    ledger.completed(number, score(params))
    return params


def near_the_middle(params: Params) -> float:
    return -abs(float(params["factor"] or 0) - 1.2)


@pytest.fixture
def drawn_together(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What TPE itself proposed, in order."""
    seen: list[dict[str, Any]] = []
    original = optuna.samplers.TPESampler.sample_relative

    def spy(*args: Any) -> dict[str, Any]:
        seen.append(original(*args))
        return seen[-1]

    monkeypatch.setattr(optuna.samplers.TPESampler, "sample_relative", spy)
    return seen


def test_a_grid_is_asked_in_the_order_of_the_file(
    open_in_memory: OpenInMemory, toy_space: SearchSpace
) -> None:
    ledger, proposer = open_in_memory(), Proposer(toy_space, "grid", 0)

    asked = [complete(ledger, proposer, lambda params: 0.5) for _ in range(12)]

    assert asked == toy_space.grid()
    assert asked[:4] == [
        {"learning_rate": 1e-5, "batch_size": 16},
        {"learning_rate": 1e-5, "batch_size": 32},
        {"learning_rate": 1e-5, "batch_size": 64},
        {"learning_rate": 2e-5, "batch_size": 16},
    ]


def test_the_seed_of_a_grid_changes_nothing(
    open_in_memory: OpenInMemory, toy_space: SearchSpace
) -> None:
    first, second = open_in_memory(), open_in_memory()

    assert ask(first, Proposer(toy_space, "grid", 0)) == ask(
        second, Proposer(toy_space, "grid", 9)
    )


def test_a_grid_leaves_the_baseline_out(
    open_in_memory: OpenInMemory, toy_space: SearchSpace
) -> None:
    ledger, proposer = open_in_memory(), Proposer(toy_space, "grid", 0)
    baseline = {"learning_rate": 1e-5, "batch_size": 32}
    ledger.commit(ask_baseline(ledger, proposer, baseline), baseline, "key")

    asked = [complete(ledger, proposer, lambda params: 0.5) for _ in range(11)]

    assert asked == [point for point in toy_space.grid() if point != baseline]


def test_tpe_proposes_by_itself_once_it_has_seen_enough(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, drawn_together: list[dict[str, Any]]
) -> None:
    ledger, proposer = open_in_memory(), Proposer(wide_space, "tpe", 3)

    asked = [complete(ledger, proposer, near_the_middle) for _ in range(MOST_STARTUP_TRIALS + 4)]

    assert drawn_together[:MOST_STARTUP_TRIALS] == [{}] * MOST_STARTUP_TRIALS
    assert drawn_together[MOST_STARTUP_TRIALS:] == asked[MOST_STARTUP_TRIALS:]


@pytest.mark.parametrize(
    ("parameters", "trials"),
    [
        ({"rate": [1, 2, 3, 4], "batch": [16, 32]}, 4),
        ({"rate": [1, 2], "fixed": 3}, 4),
        ({"rate": list(range(6)), "batch": [16, 32]}, 6),
        ({"rate": list(range(12))}, 8),
        ({"rate": {"float": [0.1, 0.9]}, "batch": [16, 32]}, 8),
        ({"epochs": {"int": [1, 5]}}, 5),
        ({"fixed": 3}, 4),
    ],
)
def test_tpe_waits_until_every_choice_can_have_been_tried(parameters: Params, trials: int) -> None:
    assert startup_trials(space_of(**parameters)) == trials


@pytest.mark.parametrize("seed", range(5))
def test_tpe_begins_with_every_choice_the_baseline_included(
    open_in_memory: OpenInMemory, seed: int
) -> None:
    ledger, space = open_in_memory(), space_of(rate=list(range(6)), batch=[16, 32, 64])
    proposer = Proposer(space, "tpe", seed)
    baseline: Params = {"rate": 4, "batch": 16}
    ledger.commit(ask_baseline(ledger, proposer, baseline), baseline, "key")

    asked = [baseline]
    for _ in range(5):
        number, params = ask(ledger, proposer)  # none has ended yet
        ledger.commit(number, params, "key")
        asked.append(params)

    assert {params["rate"] for params in asked} == set(range(6))
    assert Counter(params["batch"] for params in asked) == {16: 2, 32: 2, 64: 2}


def test_tpe_proposes_the_same_way_after_a_baseline_outside_the_space(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, drawn_together: list[dict[str, Any]]
) -> None:
    ledger, proposer = open_in_memory(), Proposer(wide_space, "tpe", 3)
    outside = {"learning_rate": 1e-3, "batch_size": 32, "factor": 1.0}
    number = ask_baseline(ledger, proposer, outside)
    ledger.commit(number, {}, "key")
    ledger.completed(number, 0.0)

    asked = [complete(ledger, proposer, near_the_middle) for _ in range(MOST_STARTUP_TRIALS + 3)]

    assert drawn_together[-3:] == asked[-3:]
    assert all(wide_space.contains(params) for params in asked)


def test_tpe_finds_better_settings_than_chance(
    open_in_memory: OpenInMemory, wide_space: SearchSpace
) -> None:
    found: dict[str, float] = {}
    for sampler in ("tpe", "random"):
        ledger = open_in_memory()
        proposer = Proposer(wide_space, sampler, 0)
        asked = [complete(ledger, proposer, near_the_middle) for _ in range(30)]
        found[sampler] = sum(near_the_middle(params) for params in asked[-10:]) / 10

    assert found["tpe"] > found["random"]


def after_a_failure(
    ledger: Ledger, sampler: str, space: SearchSpace, factor: float
) -> list[Params]:
    """Fail one trial that had this factor, then ask for more."""
    proposer = Proposer(space, sampler, 3)
    proposer.forced = {"learning_rate": 2e-5, "batch_size": 16, "factor": factor}
    number, params = ask(ledger, proposer)
    ledger.commit(number, params, "key")
    ledger.failed(number, "It blew up.")
    proposer.forced = None
    return [complete(ledger, proposer, near_the_middle) for _ in range(MOST_STARTUP_TRIALS + 3)]


@pytest.mark.parametrize("sampler", ["tpe", "cmaes", "random"])
def test_what_failed_teaches_nothing(
    open_in_memory: OpenInMemory, wide_space: SearchSpace, sampler: str
) -> None:
    low = after_a_failure(open_in_memory(), sampler, wide_space, 1.01)
    high = after_a_failure(open_in_memory(), sampler, wide_space, 1.39)

    assert low == high


def test_cmaes_goes_over_a_generation_alike_whenever_it_is_opened(
    open_in_memory: OpenInMemory, wide_space: SearchSpace
) -> None:
    first, second = open_in_memory(), open_in_memory()
    proposer = Proposer(wide_space, "cmaes", 3)

    in_one_go = [complete(first, proposer, near_the_middle) for _ in range(20)]
    anew = [complete(second, Proposer(wide_space, "cmaes", 3), near_the_middle) for _ in range(20)]

    generations = {
        v for t in first.study.trials for k, v in t.system_attrs.items() if "gener" in k
    }
    assert len(generations) > 1
    assert in_one_go == anew


def test_an_endless_space_that_is_used_up_is_asked_again(open_in_memory: OpenInMemory) -> None:
    space = space_of(batch_size={"int": [8, 10], "log": True})
    ledger, proposer = open_in_memory(), Proposer(space, "tpe", 0)

    asked = [complete(ledger, proposer, lambda params: 0.5)["batch_size"] for _ in range(5)]

    assert set(asked[:3]) == {8, 9, 10}
    assert set(asked[3:]) <= {8, 9, 10}
    assert not exhausted(ledger, proposer)


def test_a_space_without_anything_to_search_holds_one_configuration(
    open_in_memory: OpenInMemory,
) -> None:
    ledger, proposer = open_in_memory(), Proposer(space_of(epochs=3), "tpe", 0)

    assert not exhausted(ledger, proposer)
    assert complete(ledger, proposer, lambda params: 0.5) == {"epochs": 3}
    assert exhausted(ledger, proposer)


CONDITIONAL: Mapping[str, object] = {
    "factor": {"float": [1.0, 1.3], "step": 0.1},
    "frozen_blocks": {"int": [0, 2], "when": {"factor": [1.1, 1.2]}},
}


def test_a_baseline_with_an_inactive_parameter_is_inside(open_in_memory: OpenInMemory) -> None:
    ledger, proposer = open_in_memory(), Proposer(space_of(**CONDITIONAL), "grid", 0)

    ledger.commit(ask_baseline(ledger, proposer, {"factor": 1.0, "frozen_blocks": 0}), {}, "key")

    assert ledger.trials()[0].params == {"factor": 1.0}
    assert not ledger.trials()[0].attributes.outside_space
    assert ask(ledger, proposer)[1] == {"factor": 1.1, "frozen_blocks": 0}


@pytest.mark.parametrize(("epochs", "outside"), [(3, False), (4, True)])
def test_a_baseline_is_inside_only_with_the_fixed_values(
    open_in_memory: OpenInMemory, epochs: int, outside: bool
) -> None:
    proposer = Proposer(space_of(learning_rate=[1e-5, 2e-5], epochs=3), "grid", 0)
    ledger = open_in_memory()

    ledger.commit(
        ask_baseline(ledger, proposer, {"learning_rate": 2e-5, "epochs": epochs}), {}, "k"
    )

    assert ledger.trials()[0].attributes.outside_space is outside


def test_a_point_that_only_fixed_values_part_from_the_baseline_is_asked(
    open_in_memory: OpenInMemory,
) -> None:
    proposer = Proposer(space_of(learning_rate=[1e-5, 2e-5], epochs=3), "grid", 0)
    ledger = open_in_memory()
    ledger.commit(ask_baseline(ledger, proposer, {"learning_rate": 1e-5, "epochs": 4}), {}, "k")

    asked = [complete(ledger, proposer, lambda params: 0.5) for _ in range(2)]

    assert asked == [{"learning_rate": 1e-5, "epochs": 3}, {"learning_rate": 2e-5, "epochs": 3}]
    assert exhausted(ledger, proposer)


def test_an_unknown_sampler_is_refused_with_a_guess(toy_space: SearchSpace) -> None:
    with pytest.raises(UsageError, match=r"Unknown sampler 'tpee'\. Did you mean tpe\?"):
        check_sampler("tpee", toy_space)


def test_a_grid_over_an_endless_space_is_refused(wide_space: SearchSpace) -> None:
    with pytest.raises(UsageError, match="no finite grid, because of learning_rate, factor"):
        check_sampler("grid", wide_space)


def test_cmaes_over_nothing_but_choices_is_refused(toy_space: SearchSpace) -> None:
    with pytest.raises(UsageError, match=r"needs a numeric range.* 'toy' has only choices"):
        check_sampler("cmaes", toy_space)


def test_gp_without_torch_says_how_to_get_it(
    toy_space: SearchSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(MissingDependencyError, match=r"pip install 'autoclue\[gp\]'"):
        check_sampler("gp", toy_space)


def test_values_of_a_sampler_s_parameters_reach_it(
    open_in_memory: OpenInMemory, wide_space: SearchSpace
) -> None:
    def asked(sampler: str) -> list[Params]:
        ledger, proposer = open_in_memory(), Proposer(wide_space, sampler, 3)
        return [complete(ledger, proposer, near_the_middle) for _ in range(9)]

    usual, late, wide = map(asked, ("tpe", "tpe:startup_trials=6", "tpe:candidates=2"))
    assert usual == asked("tpe:candidates=24")
    assert usual[:5] == late[:5] == wide[:5]
    assert (usual[5:] != late[5:], usual[5:] != wide[5:]) == (True, True)


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        ("tpe:startup_trials=0", "startup_trials is 0; it must be at least 1"),
        ("cmaes:first_sigma=2", "first_sigma is 2; it must be above 0 and at most 1"),
        ("random:seed=3", "seed is not one of its parameters"),
    ],
)
def test_a_wrong_value_of_a_sampler_is_refused(
    toy_space: SearchSpace, sampler: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        check_sampler(sampler, toy_space)
