"""Carry a layer plan out in Paddle.

Paddle's own parameter groups are not used, for two reasons found in its source (3.3): an optimizer
with several groups clips each group by its own norm instead of the global one, and a group's rate
is left behind on the parameters when the optimizer is gone. Here the optimizer gets one flat list,
and every parameter is told its multiplier and whether it trains, every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from autoclue.errors import UsageError
from autoclue.layers.plan import LayerPlan, check_names

if TYPE_CHECKING:
    import paddle
    from paddle.optimizer.lr import LRScheduler


def parameter_sizes(model: paddle.nn.Layer) -> Mapping[str, int]:
    """Return the number of scalars of each parameter, in the form `find_depths` takes."""
    return MappingProxyType({name: int(p.size) for name, p in model.named_parameters()})


def apply_plan(model: paddle.nn.Layer, plan: LayerPlan) -> None:
    """Set the rate multiplier of every parameter, and whether it trains.

    It may be called again between steps with another plan, while an optimizer lives: moments are
    kept, and a parameter that begins to train gets its own from then on. A parameter that stops
    training also loses the gradient it holds.

    Args:
        model: The model; its parameters are changed in place.
        plan: A group for each of the model's parameters.

    Raises:
        UsageError: The plan doesn't hold exactly the model's parameters.
    """
    check_names([name for name, _ in model.named_parameters()], plan)
    groups = plan.by_name
    for name, parameter in model.named_parameters():
        group = groups[name]
        parameter.optimize_attr = {**parameter.optimize_attr, "learning_rate": group.lr_scale}
        parameter.stop_gradient = not group.trains
        if not group.trains:
            parameter.clear_gradient(False)  # releases it; True would keep a tensor of zeros


def make_adamw(
    model: paddle.nn.Layer,
    plan: LayerPlan,
    *,
    learning_rate: float | LRScheduler,
    weight_decay: float,
    adam_epsilon: float,
    max_grad_norm: float | None,
) -> paddle.optimizer.AdamW:
    """Apply a plan and make the AdamW optimizer (beta 0.9 and 0.999) that trains by it.

    Which parameters decay is settled here for the optimizer's life. Parameters that don't train
    yet are already in its list, so that a later plan can let them.

    Args:
        model: The model; its parameters are changed in place, see `apply_plan`.
        plan: A group for each of the model's parameters.
        learning_rate: Base rate, or a Paddle scheduler of it.
        weight_decay: Coefficient; each of the plan's groups has this one or 0.
        adam_epsilon: Added to the root of the second moment.
        max_grad_norm: Clip the gradient of all training parameters together to this norm; ``None``
            for no clipping.

    Raises:
        UsageError: The plan doesn't hold exactly the model's parameters, a group has a weight
            decay of its own, or ``max_grad_norm`` is not above 0.
    """
    import paddle

    if max_grad_norm is not None and not max_grad_norm > 0.0:
        raise UsageError(f"max_grad_norm is {max_grad_norm}; it must be above 0, or None.")
    if any(group.weight_decay not in (0.0, weight_decay) for group in plan.groups):
        raise UsageError(
            f"Each group of the plan must have the weight decay {weight_decay} or 0, because "
            "Paddle's AdamW has one coefficient."
        )
    apply_plan(model, plan)
    groups = plan.by_name
    decaying = {p.name for name, p in model.named_parameters() if groups[name].weight_decay > 0.0}
    clip = None if max_grad_norm is None else paddle.nn.ClipGradByGlobalNorm(max_grad_norm)
    return paddle.optimizer.AdamW(
        learning_rate=learning_rate,
        beta1=0.9,
        beta2=0.999,
        epsilon=adam_epsilon,
        parameters=list(model.parameters()),
        weight_decay=weight_decay,
        apply_decay_param_fun=decaying.__contains__,
        grad_clip=clip,
    )
