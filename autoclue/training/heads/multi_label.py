"""The head that gives several labels: one logit a label, and each above 0 is one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import MultiLabelExample, MultiLabelSpec, Predictions, TextExample
from autoclue.training.features import Batch, Features
from autoclue.training.heads.classification import (
    build_classifier,
    classifier_layers,
    classifier_logits,
    encode_texts,
)
from autoclue.training.heads.head import Output
from autoclue.training.model import PaddleHead
from autoclue.training.platform import load_paddle

LABELS = "labels"

SMALLEST = 1e-12
"""An average isn't taken for surer than this."""


@dataclass(frozen=True, slots=True)
class MultiLabelHead:
    """Gives one text, or a pair of texts, several labels or none.

    Attributes:
        spec: The task.
    """

    spec: MultiLabelSpec

    @property
    def layers(self) -> PaddleHead:
        """The layers for sequence classification."""
        return classifier_layers(len(self.spec.labels))

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        """Load a network for sequence classification, with a fresh head or the kept one.

        Raises:
            UsageError: There is no such model, it can't be fetched, or it doesn't fit.
        """
        return build_classifier(location, self.layers, seed=seed, kept=kept, keep_head=keep_head)

    def encode(
        self, examples: Sequence[MultiLabelExample], tokenizer: Any, *, max_length_tokens: int
    ) -> Features:
        """Tokenize texts as for one label; the targets are ``[features x labels]``, 0 or 1."""
        texts = [TextExample(e.row, e.id, e.text, e.text_pair, None) for e in examples]
        made = encode_texts(texts, tokenizer, max_length_tokens=max_length_tokens)
        targets = np.zeros((len(examples), len(self.spec.labels)), dtype=np.float32)
        for row, example in enumerate(examples):
            targets[row, list(example.labels or ())] = 1.0
        return dataclasses.replace(made, values={LABELS: targets})

    def loss(self, network: Any, batch: Batch) -> Any:
        """Compute the mean binary cross-entropy over rows and labels, in nats."""
        paddle = load_paddle()
        return paddle.nn.functional.binary_cross_entropy_with_logits(
            classifier_logits(network, batch), paddle.to_tensor(batch.values[LABELS])
        )

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        """Return the features' own lengths, ``[features]``: no logit depends on the padding."""
        return features.lengths

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        """Compute the logits of each feature, ``[b x labels]``."""
        logits: NDArray[np.float32] = classifier_logits(network, batch).numpy()
        return list(logits)

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        """Compute the binary cross-entropy of each feature, in nats, ``[features]``."""
        logits = np.stack(outputs).astype(np.float64)
        targets = features.values[LABELS]
        each = np.logaddexp(0.0, logits) - targets * logits
        return np.asarray(each.mean(axis=1), dtype=np.float64)

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[MultiLabelExample]
    ) -> Predictions:
        """Choose every label whose probability is above a half."""
        logits = np.stack(outputs)
        return Predictions(
            ids=tuple(example.id for example in examples),
            values=tuple(tuple(np.flatnonzero(row > 0).tolist()) for row in logits),
            logits=logits,
        )

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        """Return logits and the probability of each label by itself, ``[rows x labels]``."""
        logits = np.stack(outputs)
        return {"logits": logits, "probabilities": sigmoid(logits).astype(np.float32)}

    def align(self, first: Features, other: Features) -> bool:
        """Return whether there are as many rows: each has the same labels."""
        return len(first) == len(other)

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        """Average each label's probability, and return the logits that mean the averages."""
        mean = np.mean([sigmoid(np.stack(each)) for each in several], axis=0)
        inside = np.clip(mean, SMALLEST, 1 - SMALLEST)
        return list(np.log(inside / (1 - inside)).astype(np.float32))


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Compute the probability that each logit means."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits.astype(np.float64))), dtype=np.float64)
