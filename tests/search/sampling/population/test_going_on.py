"""Which member of the round before each one goes on from."""

from __future__ import annotations

import pytest

from autoclue.search.sampling.population.going_on import better_half, origins
from tests.search.sampling.population.golden import golden


def test_paddlehubs_worked_example_with_the_best_first() -> None:
    recorded = golden("population_based_evaluator")
    kept = [[f"round{k}/{p}" for p in better_half(s)] for k, s in enumerate(recorded["scores"])]
    after = {
        f"round{k + 1}": [f"round{k}/{p}" for p in origins(scores, generation=k + 1)]
        for k, scores in enumerate(recorded["scores"][:2])
    }

    assert kept == recorded["kept_best_first"]
    assert after == recorded["continued_from_with_kept_best_first"]


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ([0.2, 0.9], (1,)),
        ([0.2, 0.9, 0.9], (1,)),
        ([0.5, 0.9, 0.9, 0.1], (1, 2)),
        ([None, -0.5, None, None], (1,)),
        ([None, None], ()),
    ],
)
def test_half_is_rounded_down_and_holds_nobody_without_a_score(
    scores: list[float | None], kept: tuple[int, ...]
) -> None:
    assert better_half(scores) == kept
    assert set(origins(scores, generation=1)) == set(kept)
