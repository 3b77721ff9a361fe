from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial, create_trial

from autoclue.records import Scalar
from autoclue.search.sampling import ask
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.sampling.tpe import Tpe, UnaskedTpe, startup_trials
from autoclue.search.store.ledger import Ledger
from autoclue.space import space_from_mapping

OpenInMemory = Callable[..., Ledger]
CANDIDATES = Tpe().candidates
SPACE = {"a": CategoricalDistribution(range(4)), "b": CategoricalDistribution(range(4))}


def finished_study() -> optuna.Study:
    """Every configuration once; the higher ``a`` and ``b``, the better."""
    study = optuna.create_study(direction="maximize")
    for a in range(4):
        for b in range(4):
            study.add_trial(
                create_trial(params={"a": a, "b": b}, distributions=dict(SPACE), value=a + b)
            )
    return study


def running(study: optuna.Study) -> FrozenTrial:
    number = study.ask().number
    return study.get_trials()[number]


def none_asked(judged: list[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], bool]:
    """Note what is judged, and find that nothing was asked."""

    def asked(values: Mapping[str, Any]) -> bool:
        judged.append(values)
        return False

    return asked


def proposal(
    asked: Callable[[Mapping[str, Any]], bool], *, seed: int = 0, attempt: int = 0
) -> dict[str, Any]:
    study = finished_study()
    sampler = UnaskedTpe(
        seed=seed, startup_trials=1, attempt=attempt, asked=asked, candidates=CANDIDATES
    )
    return sampler.sample_relative(study, running(study), dict(SPACE))


@pytest.mark.parametrize("seed", range(5))
def test_what_was_asked_is_not_proposed(seed: int) -> None:
    free = proposal(lambda values: False, seed=seed)
    other = proposal(lambda values: values == free, seed=seed)

    assert free["a"] + free["b"] >= 5
    assert other["a"] + other["b"] >= 4
    assert other != free


def test_something_is_proposed_where_everything_was_asked() -> None:
    assert set(proposal(lambda values: True)) == {"a", "b"}


@pytest.mark.parametrize("attempt", range(3))
def test_each_attempt_doubles_the_candidates(attempt: int) -> None:
    judged: list[Mapping[str, Any]] = []

    proposal(none_asked(judged), attempt=attempt)

    assert len(judged) == CANDIDATES * 2**attempt


def test_a_parameter_by_itself_is_never_judged() -> None:
    study = finished_study()
    judged: list[Mapping[str, Any]] = []
    sampler = UnaskedTpe(
        seed=0, startup_trials=1, attempt=0, asked=none_asked(judged), candidates=CANDIDATES
    )

    assert sampler.sample_independent(study, running(study), "a", SPACE["a"]) in range(4)
    assert judged == []


def small_ledger_space(**more: object) -> dict[str, object]:
    parameters = {"a": list(range(6)), "b": list(range(6)), "fixed": [1], **more}
    return {"name": "small", "parameters": parameters}


def ask_and_tell(ledger: Ledger, proposer: Proposer, trials: int) -> list[dict[str, Scalar]]:
    found = []
    for _ in range(trials):
        number, params = ask(ledger, proposer)
        ledger.commit(number, params, "key")
        ledger.completed(number, -abs(int(params["a"] or 0) - 2) - abs(int(params["b"] or 0) - 3))
        found.append(params)
    return found


@pytest.fixture
def proposals(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What TPE proposed, in order."""
    seen: list[dict[str, Any]] = []
    original = UnaskedTpe.sample_relative

    def spy(*args: Any) -> dict[str, Any]:
        found = original(*args)
        seen.extend([found] if found else [])
        return found

    monkeypatch.setattr(UnaskedTpe, "sample_relative", spy)
    return seen


def test_hardly_a_proposal_in_a_small_space_is_in_vain(
    open_in_memory: OpenInMemory, proposals: list[dict[str, Any]]
) -> None:
    """All candidates of a draw may have been asked; which draws do depends on the processor."""
    space = space_from_mapping(small_ledger_space(), origin="test")
    seeds = range(8)

    studies = [ask_and_tell(open_in_memory(), Proposer(space, "tpe", seed), 30) for seed in seeds]

    assert startup_trials(space) == 6
    needed = len(seeds) * (30 - 6)
    assert needed <= len(proposals) <= 1.05 * needed
    assert [len({(each["a"], each["b"]) for each in study}) for study in studies] == [30] * 8


def test_a_small_space_with_a_condition_is_asked_completely(open_in_memory: OpenInMemory) -> None:
    inner = {"choice": [1, 2], "when": {"a": [0]}}
    space = space_from_mapping(small_ledger_space(inner=inner), origin="test")
    proposer = Proposer(space, "tpe", 1)

    asked = ask_and_tell(open_in_memory(), proposer, 42)

    assert len({repr(sorted(each.items())) for each in asked}) == 42 == space.size()
