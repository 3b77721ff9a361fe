from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.training.data.features import Features
from autoclue.training.evaluate import evaluation
from autoclue.training.evaluate.evaluation import cross_entropy, predict_logits, score_dev
from autoclue.training.platform.runtime import load_paddle


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


class FirstToken:
    """A network whose logits are 0 and the first token id."""

    def __init__(self) -> None:
        self.training = True
        self.widths: list[int] = []
        self.trained: list[bool] = []

    def __call__(self, ids: Any, segments: Any) -> Any:
        self.widths.append(ids.shape[1])
        self.trained.append(self.training)
        first = ids[:, :1].astype("float32")
        return load_paddle().concat([first * 0, first], axis=1)

    def eval(self) -> None:
        self.training = False

    def train(self) -> None:
        self.training = True


def make_split(first_ids: list[int], lengths: list[int], labels: list[int]) -> Features:
    rows = [[first] + [9] * (n - 1) for first, n in zip(first_ids, lengths, strict=True)]
    return Features(
        ids=np.array([token for row in rows for token in row], dtype=np.int32),
        segments=np.zeros(sum(lengths), dtype=np.uint8),
        offsets=np.cumsum([0, *lengths]),
        labels=np.array(labels),
    )


@pytest.mark.paddle
def test_logits_come_in_file_order_whatever_the_lengths() -> None:
    features = make_split([4, 1, 3, 2], lengths=[2, 9, 1, 5], labels=[0, 0, 0, 0])
    assert predict_logits(FirstToken(), features, 0)[:, 1].tolist() == [4, 1, 3, 2]


@pytest.mark.paddle
def test_batches_are_sorted_by_length_and_padded_only_to_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluation, "CPU_BATCH_ROWS", 2)
    network = FirstToken()
    predict_logits(network, make_split([1, 1, 1, 1], [2, 9, 1, 5], [0, 0, 0, 0]), 0)
    assert network.widths == [9, 2]


@pytest.mark.paddle
@pytest.mark.parametrize("training", [True, False])
def test_evaluation_runs_without_dropout_and_puts_the_mode_back(training: bool) -> None:
    network = FirstToken()
    network.training = training
    predict_logits(network, make_split([1, 2], [1, 1], [0, 0]), 0)
    assert network.trained == [False]
    assert network.training is training


@pytest.mark.paddle
@pytest.mark.parametrize(
    ("batch_size", "rows"), [(2, [4]), (3, [3, 4]), (5, range(5)), (9, range(5))]
)
def test_the_printed_loss_is_that_of_the_last_batch_in_file_order(
    batch_size: int, rows: Sequence[int]
) -> None:
    first_ids = [0, 1, 2, 3, 5]
    features = make_split(first_ids, lengths=[1, 5, 2, 4, 3], labels=[0] * 5)
    score = score_dev(FirstToken(), features, pad_id=0, published_batch_size=batch_size)
    # Class 0 against a logit of k costs log(1 + e^k).
    losses = [math.log1p(math.exp(k)) for k in first_ids]
    assert score.last_batch_loss == pytest.approx(np.mean([losses[r] for r in rows]))
    assert score.loss == pytest.approx(np.mean(losses))
    assert score.predictions.tolist() == [0, 1, 1, 1, 1]
