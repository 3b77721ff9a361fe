from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.search.sampling.population.boundary import folded, unfolded
from autoclue.search.sampling.population.coordinates import start_of, values_at
from autoclue.search.sampling.population.hazero import HaZero
from autoclue.search.sampling.population.population import Beginning, Coordinates, Round
from autoclue.space import space_from_mapping
from tests.search.sampling.population.golden import golden, golden_space, score_of

SEEDS = 300


@pytest.mark.parametrize("number", range(10))
def test_the_first_round_is_the_recorded_one(number: int) -> None:
    case = golden("hazero")["cases"][number]
    start, size = tuple(case["start_unit"]), case["popsize"]
    drawn = np.random.RandomState(case["seed"]).randn(size, len(start))
    by_hand = np.array(case["start_genotype"]) + 0.2 * drawn

    ours = HaZero().placed([], Beginning(start, size, 0), drawn)

    np.testing.assert_allclose(unfolded(start), case["start_genotype"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours, by_hand, rtol=0, atol=1e-12)
    np.testing.assert_allclose(folded(ours), case["rounds"][0]["unit"], rtol=0, atol=2e-5)


def searched(columns: Sequence[Any], size: int, seed: int) -> list[list[float]]:
    """Return the scores of ten rounds, and the first coordinates of round 0 as a last list."""
    space, sampler = golden_space(columns), HaZero()
    begin, rounds = Beginning(start_of(space, {}), size, seed), list[Round]()
    for _ in range(10):
        vectors = sampler.propose(rounds, begin)
        values = [values_at(space, sampler.inside(each)) for each in vectors]
        rounds.append(Round(vectors, tuple(score_of(columns, v) for v in values)))
    scores = [[s for s in each.scores if s is not None] for each in rounds]
    rates = [values_at(space, sampler.inside(v))[columns[0][0]] for v in rounds[0].vectors]
    return [*scores, [float(rate or 0) for rate in rates]]


@pytest.mark.slow
@pytest.mark.parametrize("size", [5, 16])
def test_its_searches_are_spread_as_the_recorded_ones(size: int) -> None:
    columns = golden("hazero")["spaces"]["chineseglue"]
    kept = golden("distribution")["hazero"]["cma 2.7.0, PaddleHub's options"]
    expected = kept[f"chineseglue/log/{size}"]

    runs = [searched(columns, size, seed) for seed in range(SEEDS)]

    rates = np.median([rate for run in runs for rate in run[-1]])
    gaps = [0.8 - max(score for scores in run[:10] for score in scores) for run in runs]
    recorded = 0.8 - expected["best_after"]["10"]["0.5"]
    assert rates == pytest.approx(expected["first_round_value_quantiles"]["0.5"], rel=0.15)
    assert np.median(gaps) == pytest.approx(recorded, rel=0.15)


BEGIN = Beginning((-0.98, -1 / 3, 0.0), 6, 7)


def rounds_of(sampler: HaZero, score: Callable[[Coordinates], float | None]) -> list[Round]:
    rounds: list[Round] = []
    for _ in range(4):
        vectors = sampler.propose(rounds, BEGIN)
        rounds.append(Round(vectors, tuple(score(each) for each in vectors)))
    return rounds


def bowl(vector: Coordinates) -> float:
    return -sum(each * each for each in vector)


@pytest.mark.parametrize("sign", [-1, 1])
def test_signs_and_last_bits_of_another_machine_change_nothing(
    monkeypatch: pytest.MonkeyPatch, sign: int
) -> None:
    here = rounds_of(HaZero(), bowl)
    plain = np.linalg.eigh

    def other(matrix: Any) -> Any:
        values, vectors = plain(matrix)
        return values * (1 + sign * 2e-16), vectors * np.array([1, -1, sign])

    monkeypatch.setattr(np.linalg, "eigh", other)

    assert rounds_of(HaZero(), bowl) == here


@pytest.mark.parametrize("score", [0.5, None])
def test_a_round_of_equal_scores_ends_nothing(score: float | None) -> None:
    rounds = rounds_of(HaZero(), lambda vector: score)

    assert np.isfinite([each.vectors for each in rounds]).all()
    assert len({each.vectors for each in rounds}) == len(rounds)


def test_a_failed_member_is_the_worst_of_its_round() -> None:
    first = HaZero().propose([], BEGIN)
    failed = Round(first, (-3.0, -1.0, None, -2.0, -5.0, -4.0))
    worst = Round(first, (-3.0, -1.0, -9.0, -2.0, -5.0, -4.0))

    assert HaZero().propose([failed], BEGIN) == HaZero().propose([worst], BEGIN)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_smallest_populations_go_on(size: int) -> None:
    begin, rounds = Beginning((0.1, 0.2), size, 1), list[Round]()
    for _ in range(5):
        vectors = HaZero().propose(rounds, begin)
        rounds.append(Round(vectors, tuple(map(bowl, vectors))))

    assert np.isfinite([each.vectors for each in rounds]).all()


def test_a_space_of_one_parameter_is_refused() -> None:
    parameters = {"learning_rate": {"float": [1e-5, 1e-4]}, "epochs": 3}
    space = space_from_mapping({"name": "one", "parameters": parameters}, origin="test")

    with pytest.raises(UsageError, match=r"at least two .* 'one' has 1; use --sampler pshe2\."):
        HaZero().check(space)


def test_the_fold_meets_itself_at_the_margin_and_mirrors_behind_the_turn() -> None:
    np.testing.assert_allclose(folded([-0.9, 0.9, 1.1, -1.1, 1.3, 3.3, 5.5]),
                               [-0.9, 0.9, 1, -1, 0.9, -1, 1], atol=1e-12)  # fmt: skip
    inside = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(folded(unfolded(inside)), inside, atol=1e-12)
