from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.tasks import ClassificationSpec, TextExample
from autoclue.training.features import Features
from autoclue.training.heads import classification
from autoclue.training.heads.classification import ClassificationHead, cross_entropy

HEAD = ClassificationHead(
    ClassificationSpec.model_validate(
        {
            "name": "small",
            "format": "jsonl",
            "files": {"train": "train.json", "dev": "dev.json"},
            "input": {"kind": "pair", "text": "a", "text_pair": "b"},
            "labels": ["no", "yes", "perhaps"],
        }
    )
)
EXAMPLES = [
    TextExample(row=0, id="x", text="ab", text_pair="c", label=1),
    TextExample(row=1, id="y", text="a", text_pair="", label=None),
    TextExample(row=2, id="z", text="abcd", text_pair="ab", label=0),
]


def tokenize(
    texts: Sequence[str], *, text_pair: Sequence[str], max_length: int, **_: object
) -> Mapping[str, list[list[int]]]:
    """One id a character, from 1000; segment 1 for the second text."""
    pairs = list(zip(texts, text_pair, strict=True))
    ids = [[1000 + ord(c) - ord("a") for c in a + b][:max_length] for a, b in pairs]
    return {
        "input_ids": ids,
        "token_type_ids": [([0] * len(a) + [1] * len(b))[:max_length] for a, b in pairs],
    }


def encode(max_length_tokens: int = 9) -> Features:
    return HEAD.encode(EXAMPLES, tokenize, max_length_tokens=max_length_tokens)


def test_every_example_has_one_feature_with_its_label() -> None:
    features = encode()
    assert features.examples.tolist() == [0, 1, 2]
    assert features.values["label"].tolist() == [1, -1, 0]
    assert features.lengths.tolist() == [3, 1, 6]


def test_tokenizing_in_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encode()
    monkeypatch.setattr(classification, "CHUNK_EXAMPLES", 2)
    parts = encode()
    for name in ("ids", "segments", "offsets", "examples"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()
        assert getattr(parts, name).dtype == getattr(whole, name).dtype
    assert parts.values["label"].tolist() == whole.values["label"].tolist()


def test_the_largest_logit_wins_and_the_first_of_equal_ones() -> None:
    outputs = [np.array(row, dtype=np.float32) for row in ([0, 2, 1], [3, 3, 0], [0, 1, 4])]
    found = HEAD.decode(outputs, encode(), EXAMPLES)
    assert (found.ids, found.values) == (("x", "y", "z"), (1, 0, 2))
    assert found.logits is not None
    assert found.logits.shape == (3, 3)


def test_equal_logits_cost_the_logarithm_of_the_classes() -> None:
    losses = cross_entropy(np.full((3, 5), 7.0, dtype=np.float32), np.array([0, 2, 4]))
    assert losses == pytest.approx([math.log(5)] * 3, rel=1e-12)


@given(logit=st.floats(-80, 80, width=32))
def test_two_classes_cost_a_softplus(logit: float) -> None:
    losses = cross_entropy(np.array([[logit, 0.0]], dtype=np.float32), np.array([1]))
    assert losses[0] == pytest.approx(math.log1p(math.exp(logit)), rel=1e-9, abs=1e-12)


def test_huge_logits_do_not_overflow() -> None:
    logits = np.array([[3e38, -3e38], [1e4, 0.0]], dtype=np.float32)
    assert cross_entropy(logits, np.array([0, 1])).tolist() == [0.0, 1e4]


def test_a_logit_that_is_no_number_gives_a_loss_that_is_none() -> None:
    logits = np.array([[np.nan, 0.0]], dtype=np.float32)
    assert math.isnan(cross_entropy(logits, np.array([1]))[0])
