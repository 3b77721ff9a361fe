"""Activations that are computed anew, and numbers of 16 bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.training import TrialConfig
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop import learner as learner_module
from autoclue.training.loop.trial import Trial
from autoclue.training.model import recompute_layers
from tests.training.loop.whole_trials import curve, run, weights

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
SOUND: dict[str, Scalar] = {"protocol": "sound", "dropout": 0.2}


@pytest.mark.parametrize("frozen", [0, 1])
def test_recomputing_changes_nothing_though_there_is_dropout_and_a_frozen_layer(
    frozen: int, make_config: MakeConfig, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped: list[int] = []
    monkeypatch.setattr(
        learner_module, "recompute_layers", lambda net: wrapped.append(recompute_layers(net))
    )
    settings = {**SOUND, "frozen_blocks": frozen, "blocks": 4}
    kept = run(Trial(make_config("discriminative", **settings), workspace))
    anew = run(Trial(make_config("discriminative", recompute=True, **settings), workspace))
    assert wrapped == [2]
    assert curve(anew) == curve(kept)
    assert weights(anew) == weights(kept)


def test_a_recomputed_layer_runs_again_for_its_gradient_and_not_in_an_evaluation(
    make_config: MakeConfig, workspace: Workspace
) -> None:
    network = Trial(make_config(recompute=True, **SOUND), workspace).learner.network
    calls: list[int] = []
    network.ernie.encoder.layers[0].register_forward_post_hook(lambda *_: calls.append(0))
    inner = network.ernie.encoder.layers[0].linear1
    inner.register_forward_post_hook(lambda *_: calls.append(1))
    ids = np.full((2, 8), 5, dtype=np.int64)
    import paddle

    network(paddle.to_tensor(ids)).sum().backward()
    assert calls == [1, 0, 1]
    network.eval()
    network(paddle.to_tensor(ids)).sum().backward()
    assert calls == [1, 0, 1, 1, 0]


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_16_bits_need_a_gpu(precision: str, make_config: MakeConfig, workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="bf16 and fp16 need a GPU"):
        Trial(make_config(precision=precision, **SOUND), workspace)


@pytest.mark.parametrize("given", [{"precision": "bf16"}, {"recompute": True}])
def test_protocol_clue_computes_as_published(
    given: dict[str, Scalar], make_config: MakeConfig
) -> None:
    with pytest.raises(UsageError, match="is nothing that the published scripts do"):
        make_config(protocol="clue", **given)


def test_batches_of_each_card_are_those_of_protocol_clue(make_config: MakeConfig) -> None:
    with pytest.raises(
        UsageError, match="can't be used: batch_per card is how the published scripts count"
    ):
        make_config(protocol="sound", cards=2, batch_per="card")


def test_what_most_trials_do_not_have_moves_no_identity(make_config: MakeConfig) -> None:
    config = make_config()
    same = make_config(cards=1, batch_per="step", precision="fp32", recompute=False)
    assert same.key == config.key
    assert not {"cards", "batch_per", "precision", "recompute"} & set(config.model_dump())
    assert make_config(cards=2).key != config.key
