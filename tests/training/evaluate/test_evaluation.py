from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autoclue.tasks import ClassificationSpec, Predictions, TextExample
from autoclue.training.evaluate import evaluation
from autoclue.training.evaluate.evaluation import answer_split, compute_outputs
from autoclue.training.features import Features
from autoclue.training.heads.classification import ClassificationHead
from autoclue.training.platform.runtime import load_paddle


class FirstToken:
    """A network whose logits are 0 and the first token id."""

    def __init__(self) -> None:
        self.config = SimpleNamespace(model_type="ernie")
        self.training = True
        self.widths: list[int] = []
        self.trained: list[bool] = []

    def __call__(self, input_ids: Any, token_type_ids: Any) -> Any:
        self.widths.append(input_ids.shape[1])
        self.trained.append(self.training)
        first = input_ids[:, :1].astype("float32")
        return load_paddle().concat([first * 0, first], axis=1)

    def eval(self) -> None:
        self.training = False

    def train(self) -> None:
        self.training = True


HEAD = ClassificationHead(
    ClassificationSpec.model_validate(
        {
            "name": "small",
            "format": "jsonl",
            "files": {"train": "train.json", "dev": "dev.json"},
            "input": {"kind": "single", "text": "a"},
            "labels": ["no", "yes"],
        }
    )
)


def make_split(first_ids: list[int], lengths: list[int], labels: list[int]) -> Features:
    rows = [[first] + [9] * (n - 1) for first, n in zip(first_ids, lengths, strict=True)]
    return Features(
        ids=np.array([token for row in rows for token in row], dtype=np.int32),
        segments=np.zeros(sum(lengths), dtype=np.uint8),
        offsets=np.cumsum([0, *lengths]),
        examples=np.arange(len(rows)),
        values={"label": np.array(labels)},
    )


def logits(network: FirstToken, features: Features) -> list[list[float]]:
    return [out.tolist() for out in compute_outputs(network, HEAD, features, pad_id=0)]


@pytest.mark.paddle
def test_logits_come_in_file_order_whatever_the_lengths() -> None:
    features = make_split([4, 1, 3, 2], lengths=[2, 9, 1, 5], labels=[0, 0, 0, 0])
    assert logits(FirstToken(), features) == [[0, 4], [0, 1], [0, 3], [0, 2]]


@pytest.mark.paddle
def test_batches_are_sorted_by_length_and_padded_only_to_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluation, "CPU_BATCH_SEQUENCES", 2)
    network = FirstToken()
    logits(network, make_split([1, 1, 1, 1], [2, 9, 1, 5], [0, 0, 0, 0]))
    assert network.widths == [9, 2]


@pytest.mark.paddle
def test_batches_of_long_features_hold_fewer_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "CPU_BATCH_TOKENS", 10)
    network = FirstToken()
    logits(network, make_split([1, 1, 1, 1], [2, 9, 1, 5], [0, 0, 0, 0]))
    assert network.widths == [9, 5, 1]


@pytest.mark.paddle
@pytest.mark.parametrize("training", [True, False])
def test_evaluation_runs_without_dropout_and_puts_the_mode_back(training: bool) -> None:
    network = FirstToken()
    network.training = training
    logits(network, make_split([1, 2], [1, 1], [0, 0]))
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
    examples = [TextExample(i, f"row {i}", "", None, 0) for i in range(5)]
    found = answer_split(
        *(FirstToken(), HEAD, features, examples), pad_id=0, batch_size=batch_size
    )
    # Class 0 against a logit of k costs log(1 + e^k).
    losses = [math.log1p(math.exp(k)) for k in first_ids]
    assert found.last_batch_loss == pytest.approx(np.mean([losses[r] for r in rows]))
    assert found.loss == pytest.approx(np.mean(losses))
    assert found.predictions == Predictions(tuple(f"row {i}" for i in range(5)), (0, 1, 1, 1, 1))
