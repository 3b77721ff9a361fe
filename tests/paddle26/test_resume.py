"""A trial goes on from its state as on a GPU: Paddle 2.6 gives seed and offset, and no more.

On a CPU that version keeps its generator to itself, and no state is kept there. Here it is taken
for a GPU, whose draws follow from seed and offset alone; without dropout nothing is drawn.
``make test-paddle26`` runs this with Paddle 2.6, the default suite with the version that is
installed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.records import Evaluation
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import random_state
from autoclue.training.data import Workspace
from autoclue.training.loop import Trial
from autoclue.training.platform import load_paddle

pytestmark = pytest.mark.paddle


@pytest.fixture
def config(easy_task: Path, tiny_model: Path) -> TrialConfig:
    """A trial of 30 steps without dropout, scored every ten."""
    return TrialConfig(
        task=str(easy_task),
        data=str(easy_task.parent),
        model=str(tiny_model),
        learning_rate=1e-2,
        batch_size=16,
        epochs=2,
        max_steps=30,
        max_length_tokens=16,
        eval_every_steps=10,
        dropout=0.0,
        protocol="sound",
    )


@pytest.fixture
def _as_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_state, "trains_on_cpu", lambda: False)


def digits(each: Evaluation) -> tuple[float, ...]:
    """What of an evaluation must repeat."""
    return each.step, each.score, each.dev_loss, each.train_loss, each.learning_rate


def weights(trial: Trial) -> dict[str, bytes]:
    return {name: p.numpy().tobytes() for name, p in trial.learner.network.named_parameters()}


@pytest.mark.usefixtures("_as_on_a_gpu")
def test_an_interrupted_trial_equals_the_uninterrupted_one_to_the_last_bit(
    config: TrialConfig, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "cache")
    whole = Trial(config, workspace, folder=tmp_path / "whole")
    curve = [digits(each) for each in iter(whole.advance, None)]
    Trial(config, workspace, folder=tmp_path / "trial").advance()
    again = Trial(config, workspace, folder=tmp_path / "trial", resume=True)
    known = [digits(each) for each in again.history]
    rest = [digits(each) for each in iter(again.advance, None)]
    assert (len(known), len(rest)) == (1, 2)
    assert known + rest == curve
    assert weights(again) == weights(whole)


@pytest.mark.usefixtures("_as_on_a_gpu")
def test_seed_and_offset_of_a_generator_are_taken_and_put_back() -> None:
    paddle = load_paddle()
    paddle.seed(11)
    taken = random_state.take_random_state(paddle.get_rng_state())
    assert taken["random.place"].tolist()[1] == 11
    paddle.seed(12)
    states = random_state.put_random_state(taken)
    paddle.set_rng_state(states)
    again = random_state.take_random_state(paddle.get_rng_state())
    assert again["random.place"].tolist() == taken["random.place"].tolist()
