from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.layers import Encoder, find_depths
from autoclue.layers.paddlehub import paddlehub_blocks, paddlehub_groups, paddlehub_powers

LARGE = 149
"""Parameter groups that PaddleHub made of RoBERTa-wwm-ext-large: 6 * 24 + 5."""


@pytest.mark.parametrize("num_layers", [1, 2, 12, 24])
def test_a_bert_has_six_groups_a_layer_and_five_more(
    num_layers: int, bert: Callable[[int], Encoder]
) -> None:
    encoder = bert(num_layers)
    groups = paddlehub_groups(encoder)
    assert len(groups) == 6 * num_layers + 5
    assert sorted(name for group in groups for name in group) == sorted(encoder.names)


def test_the_groups_run_from_the_classifier_down(bert: Callable[[int], Encoder]) -> None:
    layer = "bert.encoder.layers.0."
    pairs = ("norm2", "linear2", "linear1", "norm1", "self_attn.out_proj")
    attention = [f"{layer}self_attn.{x}_proj.{kind}" for x in "qkv" for kind in ("weight", "bias")]
    embeddings = "bert.embeddings."
    assert paddlehub_groups(bert(1)) == (
        ("classifier.bias",),
        ("classifier.weight",),
        ("bert.pooler.dense.weight", "bert.pooler.dense.bias"),
        *((f"{layer}{part}.weight", f"{layer}{part}.bias") for part in pairs),
        tuple(attention),
        (f"{embeddings}layer_norm.weight", f"{embeddings}layer_norm.bias"),
        tuple(f"{embeddings}{x}_embeddings.weight" for x in ("word", "position", "token_type")),
    )


@pytest.mark.parametrize(
    ("requested", "distinct"),
    [
        *[(12, 12), (13, 13), (14, 14), (15, 15), (16, 15), (17, 17), (18, 17)],
        *[(19, 19), (20, 19), (21, 19), (22, 22), (23, 22), (24, 22)],
    ],
)
def test_fewer_blocks_than_asked_for_may_come_out(requested: int, distinct: int) -> None:
    assert len(set(paddlehub_powers(LARGE, requested))) == distinct


def test_seventeen_blocks_hold_ten_then_nines_then_four_groups() -> None:
    counts = Counter(paddlehub_powers(LARGE, 17))
    assert [counts[power] for power in range(17)] == [10, *[9] * 15, 4]


@given(groups=st.integers(11, 305), data=st.data())
def test_the_number_of_distinct_blocks_has_a_closed_form(groups: int, data: st.DataObject) -> None:
    blocks = data.draw(st.integers(1, groups))
    powers = paddlehub_powers(groups, blocks)
    size = (groups + blocks - 1) // blocks
    assert set(powers) == set(range((groups - 2) // size + 1))
    assert list(powers) == sorted(powers)


@pytest.mark.parametrize("blocks", [0, 150])
def test_a_count_that_does_not_fit_names_the_models_own(blocks: int) -> None:
    with pytest.raises(UsageError, match=f"blocks is {blocks}.*has 149 of PaddleHub.*1 to 149"):
        paddlehub_powers(LARGE, blocks)


def test_a_model_with_other_parameters_is_sent_to_grouping_layer(
    bert: Callable[[int], Encoder],
) -> None:
    names = {name.replace("bert.", "electra."): 1 for name in bert(1).names}
    projected = find_depths({**names, "electra.embeddings_project.weight": 1})
    with pytest.raises(UsageError, match=r"embeddings_project\.weight.*use grouping 'layer'"):
        paddlehub_blocks(projected, 4)


def test_a_model_without_norms_is_sent_to_grouping_layer(bert: Callable[[int], Encoder]) -> None:
    bare = find_depths({name: 1 for name in bert(2).names if "norm" not in name})
    with pytest.raises(UsageError, match=r"17 parameter groups.*use grouping 'layer'"):
        paddlehub_blocks(bare, 4)
