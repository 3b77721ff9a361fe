from __future__ import annotations

import pytest

from autoclue.errors import UsageError
from autoclue.layers import Group, LayerPlan, check_names, decays


def group(
    *names: str, lr_scale: float = 1.0, weight_decay: float = 0.0, trains: bool = True
) -> Group:
    return Group(names, lr_scale, weight_decay, trains, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bert.embeddings.word_embeddings.weight", True),
        ("bert.encoder.layers.0.linear1.weight", True),
        ("classifier.weight", True),
        ("bert.embeddings.layer_norm.weight", False),
        ("bert.encoder.layers.0.norm1.weight", False),
        ("bert.encoder.layers.0.linear1.bias", False),
        ("classifier.bias", False),
    ],
)
def test_only_biases_and_norms_do_not_decay(name: str, expected: bool) -> None:
    assert decays(name) is expected


@pytest.mark.parametrize("lr_scale", [0.0, -0.5, 1.0000001, float("nan"), float("inf")])
def test_a_rate_multiplier_outside_0_to_1_is_an_error(lr_scale: float) -> None:
    with pytest.raises(UsageError, match="must be above 0 and at most 1"):
        group("a", lr_scale=lr_scale)


@pytest.mark.parametrize("weight_decay", [-0.01, float("nan"), float("inf")])
def test_a_negative_or_infinite_weight_decay_is_an_error(weight_decay: float) -> None:
    with pytest.raises(UsageError, match=r"weight_decay is .* must be 0 or more"):
        group("a", weight_decay=weight_decay)


def test_a_parameter_in_two_groups_is_an_error() -> None:
    with pytest.raises(UsageError, match="more than one group: b"):
        LayerPlan((group("a", "b"), group("b")))


@pytest.mark.parametrize("groups", [(), (group("a", trains=False),), (group(),)])
def test_a_plan_that_trains_nothing_is_an_error(groups: tuple[Group, ...]) -> None:
    with pytest.raises(UsageError, match="trains no parameter"):
        LayerPlan(groups)


def test_a_plan_finds_a_group_by_name() -> None:
    first, second = group("a", "b"), group("c", lr_scale=0.5)
    by_name = LayerPlan((first, second)).by_name
    assert dict(by_name) == {"a": first, "b": first, "c": second}


def test_a_plan_must_hold_exactly_the_models_parameters() -> None:
    plan = LayerPlan((group("a", "b"),))
    check_names(["b", "a"], plan)
    with pytest.raises(UsageError, match="in no group: c; not in the model: b"):
        check_names(["a", "c"], plan)
