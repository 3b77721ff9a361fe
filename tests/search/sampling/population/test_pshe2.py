from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from autoclue.search.sampling.population.boundary import Vector
from autoclue.search.sampling.population.population import Beginning, Round, coordinates_of
from autoclue.search.sampling.population.pshe2 import Pshe2, moved, pushed, swarm_after
from tests.search.sampling.population.golden import golden

FILES = {"pshe2": True, "pshe2_intended": False}
"""Whether particles share their momentum, by file."""
CASES = [pytest.param(name, i, id=f"{name}-{i}") for name in FILES for i in range(10)]


class Legacy:
    """The random numbers of the recorded runs: particle by particle, coordinate by coordinate."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.drawn = np.random.RandomState(case["seed"])
        self.shape = case["popsize"], len(case["start_unit"])

    def pushes(self) -> Vector:
        return np.asarray(2 * (self.drawn.random_sample(self.shape) - 0.5))


def trace(case: Mapping[str, Any], *, shared: bool) -> Iterator[tuple[Any, Any]]:
    """Yield each recorded number of a case beside ours."""
    legacy, rounds = Legacy(case), list[Round]()
    places = pushed(np.tile(case["start_unit"], (case["popsize"], 1)), legacy.pushes())
    for recorded in case["rounds"]:
        state = recorded["state"]
        yield recorded["unit"], places
        rounds.append(Round(coordinates_of(places), tuple(recorded["score"])))
        swarm = swarm_after(rounds, shared=shared)
        yield state["momentum"], swarm.momentum
        yield state["best_unit_per_particle"], swarm.best
        yield state["best_reward_per_particle"], swarm.costs
        places = moved(places, swarm.momentum, legacy.pushes())
        yield state["next_unit"], places


@pytest.mark.parametrize(("name", "number"), CASES)
def test_every_recorded_number_comes_out(name: str, number: int) -> None:
    pairs = list(trace(golden(name)["cases"][number], shared=FILES[name]))

    assert len(pairs) == 50
    for recorded, ours in pairs:
        np.testing.assert_allclose(ours, recorded, rtol=0, atol=1e-12)


BEGIN = Beginning((0.0, -0.9), 4, 3)


def test_a_member_draws_from_a_seed_of_its_own() -> None:
    larger = Beginning(BEGIN.start, 7, BEGIN.seed)

    assert Pshe2().propose([], larger)[:4] == Pshe2().propose([], BEGIN)


def test_the_first_round_spreads_to_both_walls_with_half_of_it_on_each_side() -> None:
    many = np.array(Pshe2().propose([], Beginning((-0.9,), 4000, 0)))[:, 0]

    assert many.min() < -0.999
    assert many.max() > 0.99
    assert np.mean(many < -0.9) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("variant", ["intended", "paddlehub-1.4"])
def test_a_failed_member_pulls_nobody(variant: Any) -> None:
    sampler = Pshe2(variant)
    first = sampler.propose([], BEGIN)
    rounds = [Round(first, (0.5, None, 0.9, -0.2))]
    swarm = swarm_after(rounds, shared=variant == "paddlehub-1.4")

    assert np.isinf(swarm.costs[1])
    assert np.isfinite(sampler.propose(rounds, BEGIN)).all()


def test_a_round_in_which_all_failed_still_moves_on() -> None:
    first = Pshe2().propose([], BEGIN)

    assert np.isfinite(Pshe2().propose([Round(first, (None,) * 4)], BEGIN)).all()


def test_a_particle_outside_has_the_value_of_the_wall() -> None:
    assert Pshe2().inside((1.4, -7.4, 0.2)) == (1.0, -1.0, 0.2)
