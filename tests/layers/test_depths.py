from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.errors import UsageError
from autoclue.layers import Encoder, Parameter, find_depths

TINY = {
    "ernie.embeddings.word_embeddings.weight": 8,
    "ernie.encoder.layers.0.linear1.weight": 6,
    "ernie.pooler.dense.bias": 3,
    "classifier.weight": 4,
}


def test_embeddings_layers_and_head_get_their_depths() -> None:
    assert find_depths(TINY) == Encoder(
        1,
        (
            Parameter("ernie.embeddings.word_embeddings.weight", 0, 8),
            Parameter("ernie.encoder.layers.0.linear1.weight", 1, 6),
            Parameter("ernie.pooler.dense.bias", 2, 3),
            Parameter("classifier.weight", 2, 4),
        ),
    )


def test_the_models_own_order_is_kept() -> None:
    backwards = dict(reversed(TINY.items()))
    assert find_depths(backwards).names == tuple(backwards)


def test_layers_above_nine_are_ordered_by_number(bert: Callable[[int], Encoder]) -> None:
    depths = {p.name: p.depth for p in bert(12).parameters}
    assert depths["bert.encoder.layers.11.linear1.weight"] == 12
    assert depths["bert.encoder.layers.2.linear1.weight"] == 3


def test_every_parameter_without_a_rule_is_listed() -> None:
    odd = {"ernie.adapter.weight": 1, "projection.bias": 1}
    with pytest.raises(UsageError, match=r"ernie\.adapter\.weight, projection\.bias"):
        find_depths({**TINY, **odd})


def test_a_family_that_can_not_be_told_is_an_error() -> None:
    with pytest.raises(
        UsageError, match=r"begin with gpt; layer-wise training knows.*albert, bert"
    ):
        find_depths({"gpt.embeddings.weight": 1})


def test_an_unknown_family_lists_close_matches() -> None:
    with pytest.raises(UsageError, match=r"Unknown model family 'roform'.*roformer"):
        find_depths(TINY, family="roform")


def test_another_familys_rules_do_not_fit() -> None:
    with pytest.raises(UsageError, match=r"'bert' family.*ernie\.pooler\.dense\.bias"):
        find_depths(TINY, family="bert")


def test_a_gap_in_the_layers_is_an_error() -> None:
    gap = {**TINY, "ernie.encoder.layers.2.linear1.weight": 1}
    with pytest.raises(UsageError, match=r"3 layers.*empty: \[2\]"):
        find_depths(gap)


@pytest.mark.parametrize("missing", list(TINY)[:2])
def test_a_model_without_embeddings_or_layers_is_an_error(missing: str) -> None:
    with pytest.raises(UsageError, match="at least one"):
        find_depths({name: size for name, size in TINY.items() if name != missing})


def test_a_name_given_twice_is_an_error() -> None:
    twice = tuple(Parameter("same", depth, 1) for depth in range(3))
    with pytest.raises(UsageError, match="given twice: same"):
        Encoder(1, twice)


def test_depths_have_names_for_people(bert: Callable[[int], Encoder]) -> None:
    encoder = bert(2)
    labels = [encoder.label(depth) for depth in range(encoder.num_depths)]
    assert labels == ["embeddings", "layer 1", "layer 2", "head"]
