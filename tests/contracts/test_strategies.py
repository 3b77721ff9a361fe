"""What every layer-wise strategy must keep to. A new strategy adds itself to CASES."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from autoclue.strategies.discriminative import Discriminative
from autoclue.strategies.gradual_unfreezing import GradualUnfreezing
from autoclue.strategies.layerwise_decay import LayerwiseDecay
from autoclue.strategies.uniform import Uniform

from autoclue.layers import (
    Encoder,
    Group,
    LayerPlan,
    Strategy,
    check_names,
    decays,
    find_depths,
    layer_rates,
)
from autoclue.layers.paddle_adapter import make_adamw, parameter_sizes
from autoclue.layers.registry import STRATEGIES as REGISTRY
from autoclue.layers.registry import load_strategy, neutral_values

DECAY = 0.01
LAST_EPOCH = 1000
LEARNING_RATE = 0.01


@dataclass(frozen=True)
class Case:
    """A strategy and what is known about it.

    Attributes:
        strategy: Settings that do something.
        rate: Closed form of the multiplier, from the depth and the number of layers.
        neutral: Settings with which it must equal `Uniform`, from some epoch on.
    """

    strategy: Strategy
    rate: Callable[[int, int], float]
    neutral: Strategy


CASES = {
    "uniform": Case(Uniform(), lambda depth, layers: 1.0, Uniform()),
    "discriminative": Case(
        Discriminative(factor=2.0, frozen_blocks=1),
        lambda depth, layers: 2.0 ** (depth - layers - 1),
        Discriminative(factor=1.0),
    ),
    "discriminative in three blocks": Case(
        Discriminative(factor=1.5, blocks=3),
        lambda depth, layers: 1.5 ** -((layers + 1 - depth) * 3 // (layers + 2)),
        Discriminative(factor=1.0, blocks=3),
    ),
    "paddlehub": Case(
        # one block of 6 L + 5 groups: PaddleHub's formula gives all of them power 0
        Discriminative(factor=2.0, blocks=1, grouping="paddlehub"),
        lambda depth, layers: 1.0,
        Discriminative(factor=1.0, blocks=9, grouping="paddlehub"),
    ),
    "layerwise_decay": Case(
        LayerwiseDecay(decay=0.8),
        lambda depth, layers: 0.8 ** (layers + 1 - depth),
        LayerwiseDecay(decay=1.0),
    ),
    "gradual_unfreezing": Case(
        GradualUnfreezing(), lambda depth, layers: 1.0, GradualUnfreezing(blocks=3)
    ),
}
# Settings that the rules below must hold for too, besides those of CASES.
MORE = {
    "paddlehub in nine blocks": Discriminative(
        factor=1.3, blocks=9, frozen_blocks=2, grouping="paddlehub"
    ),
    "all but the top block frozen": Discriminative(factor=1.1, blocks=4, frozen_blocks=3),
    "gradual_unfreezing in two blocks": GradualUnfreezing(blocks=2),
}
STRATEGIES: dict[str, Strategy] = {name: case.strategy for name, case in CASES.items()} | MORE
PARTS = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.out_proj",
    "linear1",
    "linear2",
    "norm1",
    "norm2",
)

every_strategy = pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_size = pytest.mark.parametrize("num_layers", [2, 4, 12])
some_epochs = pytest.mark.parametrize("epoch", [1, 2, 5])


@cache
def ernie(num_layers: int) -> Encoder:
    """An encoder with the names of PaddleNLP's ERNIE classifier."""
    modules = [f"ernie.encoder.layers.{n}.{part}" for n in range(num_layers) for part in PARTS]
    modules = ["ernie.embeddings.layer_norm", *modules, "ernie.pooler.dense", "classifier"]
    names = [f"{module}.{kind}" for module in modules for kind in ("weight", "bias")]
    tables = [f"ernie.embeddings.{part}_embeddings.weight" for part in ("word", "position")]
    return find_depths(dict.fromkeys([*tables, *names], 4))


def plan_of(strategy: Strategy, encoder: Encoder, *, epoch: int = 1) -> LayerPlan:
    return strategy.plan(encoder, weight_decay=DECAY, epoch=epoch)


@every_strategy
@every_size
@some_epochs
def test_every_parameter_is_in_exactly_one_group(
    strategy: Strategy, num_layers: int, epoch: int
) -> None:
    encoder = ernie(num_layers)
    plan = plan_of(strategy, encoder, epoch=epoch)
    check_names(encoder.names, plan)
    assert sum(len(group.names) for group in plan.groups) == len(encoder.names)


@every_strategy
@every_size
@some_epochs
def test_rates_never_rise_going_down(strategy: Strategy, num_layers: int, epoch: int) -> None:
    encoder = ernie(num_layers)
    rates = layer_rates(encoder, plan_of(strategy, encoder, epoch=epoch))
    for below, above in pairwise(rates):
        assert below.lr_scale_low <= below.lr_scale_high <= above.lr_scale_low
    assert rates[0].lr_scale_low > 0.0
    assert rates[-1].lr_scale_high == 1.0


@every_strategy
@every_size
def test_blocks_are_numbered_from_the_top_without_gaps(
    strategy: Strategy, num_layers: int
) -> None:
    encoder = ernie(num_layers)
    plan = plan_of(strategy, encoder)
    blocks = [group.block for group in plan.groups]
    assert sorted(set(blocks)) == list(range(max(blocks) + 1))
    assert plan.by_name["classifier.weight"].block == 0


@every_strategy
@every_size
def test_biases_and_norms_do_not_decay_and_all_else_does(
    strategy: Strategy, num_layers: int
) -> None:
    encoder = ernie(num_layers)
    groups = plan_of(strategy, encoder).by_name
    assert {name for name, group in groups.items() if group.weight_decay == 0.0} == {
        name for name in encoder.names if "bias" in name or "norm" in name
    }
    assert {group.weight_decay for group in groups.values()} == {0.0, DECAY}


@every_strategy
@every_size
@some_epochs
def test_what_trains_is_the_top_and_nothing_below_the_frozen(
    strategy: Strategy, num_layers: int, epoch: int
) -> None:
    encoder = ernie(num_layers)
    plan = plan_of(strategy, encoder, epoch=epoch)
    trained = {group.block for group in plan.groups if group.trains}
    frozen = {group.block for group in plan.groups if not group.trains}
    assert plan.by_name["classifier.weight"].trains
    assert max(trained) < min(frozen, default=LAST_EPOCH)


@pytest.mark.parametrize("name", REGISTRY.names())
@some_epochs
def test_at_its_neutral_values_a_strategy_is_plain_fine_tuning(name: str, epoch: int) -> None:
    neutral = neutral_values(name)
    assert neutral is not None
    encoder = ernie(4)
    groups = plan_of(load_strategy(name, neutral), encoder, epoch=epoch).by_name
    plain = plan_of(Uniform(), encoder, epoch=epoch).by_name
    assert all(group.trains and group.lr_scale == 1.0 for group in groups.values())
    assert {n: g.weight_decay for n, g in groups.items()} == {
        n: g.weight_decay for n, g in plain.items()
    }


@every_strategy
@some_epochs
def test_a_plan_is_pure(strategy: Strategy, epoch: int) -> None:
    encoder = ernie(4)
    before = copy.deepcopy((strategy, encoder))
    first = plan_of(strategy, encoder, epoch=epoch)
    assert plan_of(strategy, encoder, epoch=epoch) == first
    assert (strategy, encoder) == before


@every_strategy
def test_the_decay_does_not_change_with_the_epoch(strategy: Strategy) -> None:
    encoder = ernie(4)
    first, last = (plan_of(strategy, encoder, epoch=epoch).by_name for epoch in (1, LAST_EPOCH))
    assert {name: group.weight_decay for name, group in first.items()} == {
        name: group.weight_decay for name, group in last.items()
    }


@every_case
@every_size
def test_rates_have_their_closed_form(case: Case, num_layers: int) -> None:
    encoder = ernie(num_layers)
    groups = plan_of(case.strategy, encoder).by_name
    expected = {p.name: case.rate(p.depth, num_layers) for p in encoder.parameters}
    assert {name: group.lr_scale for name, group in groups.items()} == pytest.approx(expected)


@every_case
@every_size
def test_neutral_settings_equal_plain_fine_tuning(case: Case, num_layers: int) -> None:
    def treatment(group: Group) -> tuple[float, float, bool]:
        return group.lr_scale, group.weight_decay, group.trains

    encoder = ernie(num_layers)
    ours = plan_of(case.neutral, encoder, epoch=LAST_EPOCH).by_name
    plain = plan_of(Uniform(), encoder).by_name
    assert {n: treatment(g) for n, g in ours.items()} == {
        n: treatment(g) for n, g in plain.items()
    }


@cache
def trained_by_a_plain_optimizer() -> tuple[Any, dict[str, Any]]:
    """The weights before and after one update of Paddle's AdamW, used as the script uses it."""
    import paddle

    model = small_model()
    start = {name: p.numpy().copy() for name, p in model.named_parameters()}
    decaying = [p.name for name, p in model.named_parameters() if decays(name)]
    optimizer = paddle.optimizer.AdamW(
        learning_rate=LEARNING_RATE,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-8,
        parameters=model.parameters(),
        weight_decay=DECAY,
        apply_decay_param_fun=lambda name: name in decaying,
        grad_clip=paddle.nn.ClipGradByGlobalNorm(1.0),
    )
    update(model, optimizer)
    return start, {name: p.numpy() for name, p in model.named_parameters()}


@cache
def initial_weights() -> Any:
    import paddle

    paddle.seed(3)
    return new_model().state_dict()


def new_model() -> Any:
    transformers = pytest.importorskip("paddlenlp.transformers")
    config = transformers.ErnieConfig(
        vocab_size=30,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
    )
    return transformers.ErnieForSequenceClassification(config)


def small_model() -> Any:
    """The same small ERNIE every time, without dropout."""
    pytest.importorskip("paddle")
    weights = {name: value.clone() for name, value in initial_weights().items()}
    model = new_model()
    model.set_state_dict(weights)
    model.eval()
    return model


def update(model: Any, optimizer: Any) -> None:
    import paddle

    logits = model(paddle.to_tensor([[3, 4, 5, 6], [7, 8, 9, 10]]))
    paddle.nn.functional.cross_entropy(logits, paddle.to_tensor([0, 1])).backward()
    optimizer.step()


def trained_by(strategy: Strategy, *, epoch: int) -> tuple[Any, LayerPlan]:
    model = small_model()
    plan = plan_of(strategy, find_depths(parameter_sizes(model)), epoch=epoch)
    optimizer = make_adamw(
        model,
        plan,
        learning_rate=LEARNING_RATE,
        weight_decay=DECAY,
        adam_epsilon=1e-8,
        max_grad_norm=1.0,
    )
    update(model, optimizer)
    return model, plan


@pytest.mark.paddle
@every_case
def test_an_update_with_neutral_settings_equals_a_plain_optimizer_bitwise(case: Case) -> None:
    model, _ = trained_by(case.neutral, epoch=LAST_EPOCH)
    _, expected = trained_by_a_plain_optimizer()
    differing = [
        name
        for name, p in model.named_parameters()
        if not np.array_equal(p.numpy(), expected[name])
    ]
    assert differing == []


@pytest.mark.paddle
def test_weights_move_by_a_power_of_the_factor() -> None:
    model, plan = trained_by(Discriminative(factor=2.0), epoch=1)
    start, plain = trained_by_a_plain_optimizer()
    for name, parameter in model.named_parameters():
        scale = plan.by_name[name].lr_scale
        full = plain[name] - start[name]
        np.testing.assert_allclose(parameter.numpy() - start[name], scale * full, atol=3e-7)
    assert {group.lr_scale for group in plan.groups} == {1.0, 0.5, 0.25, 0.125}


@pytest.mark.paddle
@every_strategy
def test_exactly_what_the_plan_trains_gets_a_gradient_and_moves(strategy: Strategy) -> None:
    model, plan = trained_by(strategy, epoch=1)
    start, _ = trained_by_a_plain_optimizer()
    trains = {name for name, group in plan.by_name.items() if group.trains}
    with_gradient = {name for name, p in model.named_parameters() if p.grad is not None}
    moved = {name for name, p in model.named_parameters() if (p.numpy() != start[name]).any()}
    assert with_gradient == moved == trains
