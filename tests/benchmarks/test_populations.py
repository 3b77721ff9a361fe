from __future__ import annotations

import pytest

from benchmarks.populations.log_scale import gap, search, searched_space, winners


def test_the_best_point_of_a_formula_is_a_published_winner() -> None:
    for best in winners():
        assert gap("log", best, best) == gap("linear", best, best) == 0.0
        assert gap("log", {**best, "learning_rate": 5e-3}, best) > 0.05


@pytest.mark.parametrize("sampler", ["hazero", "random"])
def test_the_gap_falls_from_round_to_round(sampler: str) -> None:
    space, best = searched_space("autofinetune_log", 5e-5), winners()[0]
    gaps, low = search(sampler, space, "log", best, seed=1)

    assert len(gaps) == 10
    assert gaps == sorted(gaps, reverse=True)
    assert 0 <= low <= 1
