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
    classifier_logits,
    encode_texts,
)
from autoclue.training.heads.head import Output
from autoclue.training.platform import load_paddle

LABELS = "labels"


@dataclass(frozen=True, slots=True)
class MultiLabelHead:
    """Gives one text, or a pair of texts, several labels or none.

    Attributes:
        spec: The task.
    """

    spec: MultiLabelSpec

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        """Load a network for sequence classification, with a fresh head or the kept one.

        Raises:
            UsageError: There is no such model, it can't be fetched, or it doesn't fit.
        """
        labels = len(self.spec.labels)
        return build_classifier(location, labels, seed=seed, kept=kept, keep_head=keep_head)

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
