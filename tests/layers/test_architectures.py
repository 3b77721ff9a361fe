"""Each architecture is built small from its config, and its parameters get their depths."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.layers import (
    Encoder,
    build_plan,
    cut_into_blocks,
    find_depths,
    paddlehub_blocks,
)
from autoclue.layers.paddle_adapter import apply_plan, parameter_sizes

pytestmark = pytest.mark.paddle

LAYERS = 3
CONFIG: dict[str, object] = {
    "vocab_size": 50,
    "hidden_size": 32,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
}
# family, PaddleNLP's class and what it needs beyond CONFIG
ARCHITECTURES: dict[str, tuple[str, str, dict[str, object]]] = {
    "ernie 1.0": ("ernie", "Ernie", {}),
    "ernie 3.0": ("ernie", "Ernie", {"use_task_id": True, "task_type_vocab_size": 3}),
    "ernie-gram": ("ernie_gram", "ErnieGram", {"embedding_size": 32}),
    "bert and macbert": ("bert", "Bert", {}),
    "roberta and rbt": ("roberta", "Roberta", {}),
    "tinybert": ("tinybert", "TinyBert", {}),
    "roformer": ("roformer", "RoFormer", {"embedding_size": 16}),
    "roformer v2": ("roformerv2", "RoFormerv2", {}),
    "electra small": ("electra", "Electra", {"embedding_size": 16}),
    "electra base": ("electra", "Electra", {"embedding_size": 32}),
    "nezha": ("nezha", "NeZha", {"use_relative_position": True}),
    "albert": ("albert", "Albert", {"embedding_size": 16, "num_hidden_groups": LAYERS}),
}
BERT_LIKE = (
    "ernie 1.0",
    "ernie 3.0",
    "ernie-gram",
    "bert and macbert",
    "roberta and rbt",
    "electra base",
    "nezha",
)
every_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES)


@cache
def build(architecture: str) -> Any:
    pytest.importorskip("paddle")
    transformers = pytest.importorskip("paddlenlp.transformers")
    _, stem, extra = ARCHITECTURES[architecture]
    config = getattr(transformers, f"{stem}Config")(**{**CONFIG, **extra})
    return getattr(transformers, f"{stem}ForSequenceClassification")(config)


def encoder_of(architecture: str) -> Encoder:
    return find_depths(parameter_sizes(build(architecture)))


@every_architecture
def test_every_parameter_has_a_depth_in_the_models_order(architecture: str) -> None:
    encoder = encoder_of(architecture)
    parameters = list(build(architecture).named_parameters())
    assert [(p.name, p.size) for p in encoder.parameters] == [(n, p.size) for n, p in parameters]


@every_architecture
def test_the_family_is_told_from_the_names(architecture: str) -> None:
    family = ARCHITECTURES[architecture][0]
    sizes = parameter_sizes(build(architecture))
    assert find_depths(sizes, family=family) == find_depths(sizes)


@every_architecture
def test_the_number_of_layers_is_found(architecture: str) -> None:
    assert encoder_of(architecture).num_layers == LAYERS


@every_architecture
def test_embeddings_are_the_bottom_and_the_head_is_the_top(architecture: str) -> None:
    depth_of = {p.name: p.depth for p in encoder_of(architecture).parameters}
    embeddings = {name for name in depth_of if "embedding" in name}
    head = {name for name in depth_of if name.startswith("classifier.") or ".pooler." in name}
    assert {depth_of[name] for name in embeddings} == {0}
    assert {depth_of[name] for name in head} == {LAYERS + 1}


@every_architecture
def test_all_layers_have_the_same_parameters(architecture: str) -> None:
    encoder = encoder_of(architecture)
    sizes = [
        [p.size for p in encoder.parameters if p.depth == depth] for depth in range(1, LAYERS + 1)
    ]
    assert len(sizes[0]) >= 6
    assert sizes == [sizes[0]] * LAYERS


@every_architecture
def test_paddles_own_names_are_unique(architecture: str) -> None:
    # the optimizer keeps its moments, and decides on weight decay, by these
    names = [parameter.name for parameter in build(architecture).parameters()]
    assert len(set(names)) == len(names)


@every_architecture
def test_no_gradient_is_computed_below_frozen_blocks(architecture: str) -> None:
    import paddle

    model, encoder = build(architecture), encoder_of(architecture)
    blocks = cut_into_blocks(encoder, None)
    plan = build_plan(
        encoder, blocks, lr_scale=lambda block: 1.0, weight_decay=0.01, trained_blocks=2
    )
    apply_plan(model, plan)
    model(paddle.to_tensor([[3, 4, 5, 6]])).sum().backward()
    with_gradient = {name for name, p in model.named_parameters() if p.grad is not None}
    unused = {name for name in encoder.names if ".fit_dense" in name}  # of TinyBERT
    assert with_gradient == {name for name in encoder.names if blocks[name] < 2} - unused


@pytest.mark.parametrize("architecture", BERT_LIKE)
def test_bert_like_architectures_have_paddlehubs_groups(architecture: str) -> None:
    encoder = encoder_of(architecture)
    blocks = paddlehub_blocks(encoder, 6 * LAYERS + 5)
    assert set(blocks) == set(encoder.names)
    assert max(blocks.values()) == 6 * LAYERS + 3  # N groups, the two topmost in block 0


@pytest.mark.parametrize("architecture", sorted(set(ARCHITECTURES) - set(BERT_LIKE)))
def test_other_architectures_are_sent_to_grouping_layer(architecture: str) -> None:
    with pytest.raises(UsageError, match="use grouping 'layer'"):
        paddlehub_blocks(encoder_of(architecture), 4)


def test_alberts_shared_layers_are_one_depth_for_each_group() -> None:
    transformers = pytest.importorskip("paddlenlp.transformers")
    settings = {**CONFIG, "embedding_size": 16, "num_hidden_layers": 6, "num_hidden_groups": 2}
    config = transformers.AlbertConfig(**settings, inner_group_num=2)
    model = transformers.AlbertForSequenceClassification(config)
    encoder = find_depths(parameter_sizes(model))
    assert encoder.num_layers == 2
    names = {p.name for p in encoder.parameters if p.depth == 2}
    assert names == {name for name in encoder.names if ".albert_layer_groups.1." in name}
