"""What a setting of dropout reaches, by either protocol."""

from __future__ import annotations

from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.training.model import set_clue_dropout, set_every_dropout
from autoclue.training.platform import load_paddle, load_paddlenlp

pytestmark = pytest.mark.paddle

CONFIG: dict[str, object] = {
    "vocab_size": 50,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
    "hidden_dropout_prob": 0.2,
    "attention_probs_dropout_prob": 0.3,
}
ARCHITECTURES: dict[str, dict[str, object]] = {
    "Ernie": {},
    "ErnieGram": {"embedding_size": 32},
    "Bert": {},
    "Roberta": {},
    "TinyBert": {},
    "RoFormer": {"embedding_size": 16},
    "RoFormerv2": {},
    "Electra": {"embedding_size": 16},
    "NeZha": {"use_relative_position": True},
    "Albert": {"embedding_size": 16, "num_hidden_groups": 2, "classifier_dropout_prob": 0.2},
}
every_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES)


def build(architecture: str, head: str = "ForSequenceClassification") -> Any:
    transformers = load_paddlenlp()
    config = getattr(transformers, f"{architecture}Config")(
        **{**CONFIG, **ARCHITECTURES[architecture]}
    )
    return getattr(transformers, f"{architecture}{head}")(config)


def rates(network: Any) -> set[float]:
    """All rates of dropout in a network, those of no effect included."""
    nn = load_paddle().nn
    layers = network.sublayers(include_self=True)
    attention = {layer.dropout for layer in layers if isinstance(layer, nn.MultiHeadAttention)}
    return attention | {layer.p for layer in layers if isinstance(layer, nn.Dropout)}


def differs_from_itself(network: Any) -> bool:
    paddle = load_paddle()
    network.train()
    ids = paddle.arange(1, 21).reshape([2, 10])
    one, again = (network(ids).numpy() for _ in range(2))
    return bool((one != again).any())


@every_architecture
def test_without_dropout_two_passes_in_training_are_equal(architecture: str) -> None:
    network = build(architecture)
    assert differs_from_itself(network)
    set_every_dropout(network, 0.0)
    assert not differs_from_itself(network)


@every_architecture
def test_every_rate_that_is_on_is_set_and_01_is_no_exception(architecture: str) -> None:
    network = build(architecture)
    set_every_dropout(network, 0.1)
    assert rates(network) - {0.0} == {0.1}


@pytest.mark.parametrize("head", ["ForSequenceClassification", "ForMultipleChoice"])
def test_the_published_dropout_leaves_attention_and_head_alone(head: str) -> None:
    network = build("Ernie", head)
    set_clue_dropout(network, 0.0)
    assert rates(network) == {0.0, 0.2, 0.3}
    assert network.dropout.p == 0.2
    set_every_dropout(network, 0.0)
    assert rates(network) == {0.0}


def test_what_bert_was_pretrained_without_stays_off() -> None:
    network = build("Bert")
    set_every_dropout(network, 0.1)
    assert {layer.dropout.p for layer in network.bert.encoder.layers} == {0}


def test_the_published_dropout_fails_on_another_layout() -> None:
    with pytest.raises(UsageError, match="can't be set on AlbertForSequenceClassification"):
        set_clue_dropout(build("Albert"), 0.0)
