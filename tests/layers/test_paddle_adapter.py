from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.layers import Group, LayerPlan
from autoclue.layers.paddle_adapter import apply_plan, make_adamw, parameter_sizes

pytestmark = pytest.mark.paddle

LEARNING_RATE = 0.01
Arrays = dict[str, np.ndarray[Any, np.dtype[np.float32]]]


@pytest.fixture
def model() -> Any:
    """Three linear layers, named 0 to 2 from the bottom."""
    paddle = pytest.importorskip("paddle")
    paddle.seed(7)
    return paddle.nn.Sequential(*(paddle.nn.Linear(4, 4) for _ in range(3)))


def plan_of(*scales: float, trained: int = 3, weight_decay: float = 0.1) -> LayerPlan:
    """One multiplier for each layer from the top; the top ``trained`` layers train."""
    groups = []
    for block, scale in enumerate(scales):
        for kind, decay in (("weight", weight_decay), ("bias", 0.0)):
            names = (f"{2 - block}.{kind}",)
            groups.append(Group(names, scale, decay, block < trained, block))
    return LayerPlan(tuple(groups))


def adamw(model: Any, plan: LayerPlan, *, max_grad_norm: float | None = 1.0) -> Any:
    return make_adamw(
        model,
        plan,
        learning_rate=LEARNING_RATE,
        weight_decay=0.1,
        adam_epsilon=1e-8,
        max_grad_norm=max_grad_norm,
    )


def step(model: Any, optimizer: Any, *, loss_scale: float = 1.0) -> None:
    import paddle

    batch = paddle.to_tensor(np.arange(8, dtype="float32").reshape(2, 4) / 8)
    (model(batch).square().mean() * loss_scale).backward()
    optimizer.step()
    optimizer.clear_grad()


def values(model: Any) -> Arrays:
    return {name: parameter.numpy().copy() for name, parameter in model.named_parameters()}


def moments(model: Any, optimizer: Any) -> Arrays:
    """First moments by structured name."""
    state = optimizer.state_dict()
    keys = {name: f"{p.name}_moment1_0" for name, p in model.named_parameters()}
    return {name: state[key].numpy() for name, key in keys.items() if key in state}


def twin(model: Any) -> Any:
    import paddle

    other = paddle.nn.Sequential(*(paddle.nn.Linear(4, 4) for _ in range(3)))
    other.set_state_dict(model.state_dict())
    return other


def test_sizes_are_counted_by_structured_name(model: Any) -> None:
    expected = {
        f"{n}.{kind}": size for n in range(3) for kind, size in (("weight", 16), ("bias", 4))
    }
    assert dict(parameter_sizes(model)) == expected


def test_scale_one_equals_a_plain_optimizer_bitwise(model: Any) -> None:
    import paddle

    plain = twin(model)
    weights = {p.name for name, p in plain.named_parameters() if name.endswith("weight")}
    reference = paddle.optimizer.AdamW(
        LEARNING_RATE,
        epsilon=1e-8,
        parameters=plain.parameters(),
        weight_decay=0.1,
        apply_decay_param_fun=lambda name: name in weights,
        grad_clip=paddle.nn.ClipGradByGlobalNorm(1.0),
    )
    optimizer = adamw(model, plan_of(1.0, 1.0, 1.0))
    for _ in range(3):
        step(model, optimizer)
        step(plain, reference)
    expected = values(plain)
    assert all(np.array_equal(value, expected[name]) for name, value in values(model).items())


def test_each_layer_moves_by_its_multiplier(model: Any) -> None:
    start, other = values(model), twin(model)
    step(model, adamw(model, plan_of(1.0, 0.5, 0.125)))
    step(other, adamw(other, plan_of(1.0, 1.0, 1.0)))
    full = {name: value - start[name] for name, value in values(other).items()}
    moved = {name: value - start[name] for name, value in values(model).items()}
    for layer, scale in (("2", 1.0), ("1", 0.5), ("0", 0.125)):
        for name in (f"{layer}.weight", f"{layer}.bias"):
            np.testing.assert_allclose(moved[name], scale * full[name], atol=2e-7)
            assert np.abs(full[name]).max() > 1e-3


def test_only_the_plans_decaying_groups_decay(model: Any) -> None:
    start = values(model)
    step(model, adamw(model, plan_of(1.0, 0.5, 0.25)), loss_scale=0.0)
    end = values(model)
    for layer, scale in (("2", 1.0), ("1", 0.5), ("0", 0.25)):
        shrunk = start[f"{layer}.weight"] * (1 - LEARNING_RATE * scale * 0.1)
        np.testing.assert_allclose(end[f"{layer}.weight"], shrunk, rtol=1e-6)
        np.testing.assert_array_equal(end[f"{layer}.bias"], start[f"{layer}.bias"])


def test_the_gradient_is_clipped_by_its_global_norm(model: Any) -> None:
    optimizer = adamw(model, plan_of(1.0, 0.5, 0.125), max_grad_norm=0.25)
    step(model, optimizer, loss_scale=1e4)
    # After one update a first moment is 0.1 of the clipped gradient.
    first = moments(model, optimizer)
    assert np.sqrt(sum(np.square(m).sum() for m in first.values())) == pytest.approx(
        0.025, rel=1e-5
    )


def test_without_a_norm_nothing_is_clipped(model: Any) -> None:
    other = twin(model)
    small, large = (adamw(m, plan_of(1.0, 1.0, 1.0), max_grad_norm=None) for m in (model, other))
    step(model, small)
    step(other, large, loss_scale=1024.0)
    expected = moments(model, small)
    for name, moment in moments(other, large).items():
        np.testing.assert_allclose(moment, 1024.0 * expected[name], rtol=1e-5)


def test_the_rates_of_an_earlier_plan_do_not_leak(model: Any) -> None:
    adamw(model, plan_of(1.0, 0.5, 0.125, trained=1))
    adamw(model, plan_of(1.0, 1.0, 1.0))
    assert {p.optimize_attr["learning_rate"] for p in model.parameters()} == {1.0}
    assert not any(p.stop_gradient for p in model.parameters())


def test_the_rates_of_paddles_own_groups_do_not_leak(model: Any) -> None:
    import paddle

    groups = [{"params": list(model.parameters()), "learning_rate": 0.1}]
    paddle.optimizer.AdamW(LEARNING_RATE, parameters=groups)
    adamw(model, plan_of(1.0, 1.0, 1.0))
    assert {p.optimize_attr["learning_rate"] for p in model.parameters()} == {1.0}


def test_no_backward_pass_runs_below_frozen_layers(model: Any) -> None:
    import paddle

    apply_plan(model, plan_of(1.0, 1.0, 1.0, trained=1))
    below = model[1](model[0](paddle.ones([1, 4])))
    model[2](below).sum().backward()
    assert below.stop_gradient
    assert [name for name, p in model.named_parameters() if p.grad is not None] == [
        "2.weight",
        "2.bias",
    ]


def test_frozen_layers_neither_move_nor_decay(model: Any) -> None:
    start = values(model)
    step(model, adamw(model, plan_of(1.0, 1.0, 1.0, trained=1)))
    changed = {
        name for name, value in values(model).items() if not np.array_equal(value, start[name])
    }
    assert changed == {"2.weight", "2.bias"}


def test_a_layer_that_freezes_loses_its_gradient(model: Any) -> None:
    import paddle

    model(paddle.ones([1, 4])).sum().backward()
    apply_plan(model, plan_of(1.0, 1.0, 1.0, trained=1))
    assert model[0].weight.grad is None
    assert model[2].weight.grad is not None


def test_applying_the_same_plan_again_changes_nothing(model: Any) -> None:
    other, plan = twin(model), plan_of(1.0, 0.5, 0.25)
    once, again = adamw(model, plan), adamw(other, plan)
    for _ in range(3):
        step(model, once)
        apply_plan(other, plan)
        step(other, again)
    expected = values(model)
    assert all(np.array_equal(value, expected[name]) for name, value in values(other).items())


def test_unfreezing_keeps_the_moments_and_starts_new_ones(model: Any) -> None:
    optimizer = adamw(model, plan_of(1.0, 1.0, 1.0, trained=1))
    step(model, optimizer)
    before, start = moments(model, optimizer), values(model)
    apply_plan(model, plan_of(1.0, 1.0, 1.0))
    after = moments(model, optimizer)
    assert set(before) == set(after) == {"2.weight", "2.bias"}
    assert all(np.array_equal(moment, before[name]) for name, moment in after.items())
    step(model, optimizer)
    assert set(moments(model, optimizer)) == set(start)
    assert not any(np.array_equal(value, start[name]) for name, value in values(model).items())


def test_a_plan_for_another_model_is_an_error(model: Any) -> None:
    stranger = LayerPlan((Group(("3.weight",), 1.0, 0.0, True, 0),))
    with pytest.raises(UsageError, match=r"in no group: 0\.bias, .*not in the model: 3\.weight"):
        apply_plan(model, stranger)


def test_a_group_with_a_decay_of_its_own_is_an_error(model: Any) -> None:
    with pytest.raises(UsageError, match=r"must have the weight decay 0\.1 or 0"):
        adamw(model, plan_of(1.0, 1.0, 1.0, weight_decay=0.2))


@pytest.mark.parametrize("max_grad_norm", [0.0, -1.0, float("nan")])
def test_a_norm_that_is_not_above_zero_is_an_error(model: Any, max_grad_norm: float) -> None:
    with pytest.raises(UsageError, match=r"max_grad_norm is .* must be above 0, or None"):
        adamw(model, plan_of(1.0, 1.0, 1.0), max_grad_norm=max_grad_norm)
