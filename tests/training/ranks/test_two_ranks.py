"""Two processes train a trial as one process does that plays both of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.records import Scalar
from autoclue.training import TrialConfig
from autoclue.training.data.workspace import Workspace
from autoclue.training.group import RankDiedError, RankGroup
from autoclue.training.loop import trial as trial_module
from autoclue.training.loop.learner import Learner
from autoclue.training.loop.together import random_state_of_rank
from autoclue.training.loop.trial import Trial
from autoclue.training.platform import load_paddle
from autoclue.training.ranks import SOLE, SoleRank, rows_of_rank
from tests.training.loop.whole_trials import curve, run
from tests.training.ranks.trainee import Trainee, Weights, outputs_of, weights_of

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
RANKS = 2
CLOSE = 1e-6
CASES: dict[str, dict[str, Scalar]] = {
    "even": {"protocol": "sound", "dropout": 0.1},
    "odd rows": {"protocol": "sound", "batch_size": 15, "dropout": 0.1},
    "accumulated, odd rows": {
        **{"protocol": "sound", "batch_size": 15, "gradient_accumulation_steps": 3},
        "dropout": 0.2,
    },
    "a last batch of one row": {"protocol": "sound", "batch_size": 199},
    "of the step, by protocol clue": {"protocol": "clue", "batch_size": 15},
    "of each card": {"protocol": "clue", "batch_per": "card", "batch_size": 8},
    "of each card, accumulated": {
        **{"protocol": "clue", "batch_per": "card", "batch_size": 12},
        "gradient_accumulation_steps": 4,
    },
}


@pytest.fixture(scope="module")
def group() -> Iterator[RankGroup]:
    """Two processes that train what a test asks for."""
    found = RankGroup(f"{Trainee.__module__}:{Trainee.__name__}", RANKS, "cpu", threads=1)
    yield found
    found.end()


class PlayingLearner(Learner):
    """Learns in one process what two learn together: each part with the masks of its rank."""

    def learn(self, rows: NDArray[np.int64], *, step: int) -> None:
        paddle = load_paddle()
        if not hasattr(self, "states"):
            before = paddle.get_rng_state()
            self.states = [before, random_state_of_rank(self._config, SoleRank(1, RANKS))]
        parts = []
        for rank in range(RANKS):
            mine = rows_of_rank(rows, rank=rank, count=RANKS)
            paddle.set_rng_state(self.states[rank])
            parts += [self._learn_part(mine, rows)] if len(mine) else []
            self.states[rank] = paddle.get_rng_state()
        self._losses.append((step, sum(parts)))


def train(group: RankGroup, config: TrialConfig, *args: Any) -> list[Weights]:
    group.call("begin", config.model_dump(), *args)
    while group.call("advance"):
        pass
    found: list[Weights] = group.call("weights")
    return found


def furthest(one: Weights, other: Weights) -> float:
    assert one.keys() == other.keys()
    return max(float(np.abs(one[name] - other[name]).max()) for name in one)


@pytest.mark.parametrize("case", CASES)
def test_two_ranks_come_to_the_weights_of_one_process_that_plays_both(
    case: str,
    group: RankGroup,
    make_config: MakeConfig,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = make_config(cards=RANKS, **CASES[case])
    first, second = train(group, config, workspace.cache)
    monkeypatch.setattr(trial_module, "Learner", PlayingLearner)
    played = run(Trial(config, workspace))
    assert furthest(first, second) == 0.0
    assert furthest(first, weights_of(played)) < CLOSE
    assert np.allclose(group.call("curve"), curve(played), atol=CLOSE, rtol=0)


@pytest.mark.parametrize("size", [16, 15])
def test_the_batch_of_a_step_is_that_of_one_card(
    size: int, group: RankGroup, make_config: MakeConfig, workspace: Workspace
) -> None:
    settings: dict[str, Scalar] = {"protocol": "sound", "dropout": 0.0, "batch_size": size}
    first, _ = train(group, make_config(cards=RANKS, **settings), workspace.cache)
    alone = run(Trial(make_config(**settings), workspace))
    assert furthest(first, weights_of(alone)) < CLOSE


def test_ranks_answer_as_one_does_to_the_last_bit(
    group: RankGroup, make_config: MakeConfig, workspace: Workspace
) -> None:
    config = make_config(cards=RANKS, protocol="sound")
    group.call("begin", config.model_dump(), workspace.cache)
    alone = outputs_of(Trial(config, workspace), SOLE)
    assert np.array_equal(group.call("outputs"), alone)


def test_ranks_draw_masks_of_their_own_or_those_of_the_published_scripts(
    make_config: MakeConfig,
) -> None:
    paddle = load_paddle()

    def draws(config: TrialConfig, rank: int) -> list[float]:
        paddle.seed(config.seed)
        paddle.set_rng_state(random_state_of_rank(config, SoleRank(rank, RANKS)))
        found: list[float] = paddle.rand([4]).tolist()
        return found

    own = make_config(cards=RANKS, protocol="sound")
    published = make_config(cards=RANKS, protocol="clue", batch_per="card")
    assert draws(own, 0) != draws(own, 1)
    assert draws(published, 0) == draws(published, 1)
    assert draws(own, 0) == draws(make_config(protocol="sound"), 0)


def test_a_killed_rank_ends_all_and_new_ones_go_on_to_the_same_weights(
    group: RankGroup, make_config: MakeConfig, workspace: Workspace, tmp_path: Path
) -> None:
    config = make_config(cards=RANKS, protocol="sound", dropout=0.2, epochs=2)
    whole = train(group, config, workspace.cache)
    group.call("begin", config.model_dump(), workspace.cache, tmp_path)
    group.call("advance")
    before = group.call("process")
    with pytest.raises(RankDiedError, match=r"Process 1 of the 2 .* ended by signal SIGKILL"):
        group.call("die", 1)
    assert not group.alive

    assert group.call("begin", config.model_dump(), workspace.cache, tmp_path) > 0
    assert set(group.call("process")).isdisjoint(before)
    while group.call("advance"):
        pass
    assert furthest(group.call("weights")[0], whole[0]) == 0.0
