"""The head that classifies: one logit a label, the largest one wins."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import UNLABELLED, ClassificationSpec, Predictions, TextExample
from autoclue.training.features import Batch, Features, join_features
from autoclue.training.heads.head import Output
from autoclue.training.model import (
    PaddleHead,
    load_kept_network,
    load_network,
    network_inputs,
)
from autoclue.training.platform import load_paddle

CHUNK_EXAMPLES = 1000
"""Examples that are tokenized at once; a list of Python numbers takes ten times an array's
memory."""

LABEL = "label"


@dataclass(frozen=True, slots=True)
class ClassificationHead:
    """Gives one text, or a pair of texts, one of some labels.

    Attributes:
        spec: The task.
    """

    spec: ClassificationSpec

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
        self, examples: Sequence[TextExample], tokenizer: Any, *, max_length_tokens: int
    ) -> Features:
        """Tokenize texts as the published script does: the longer of a pair loses tokens first."""
        return encode_texts(examples, tokenizer, max_length_tokens=max_length_tokens)

    def loss(self, network: Any, batch: Batch) -> Any:
        """Compute the mean cross-entropy over the labels, in nats."""
        paddle = load_paddle()
        logits = classifier_logits(network, batch)
        return paddle.nn.functional.cross_entropy(logits, paddle.to_tensor(batch.values[LABEL]))

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        """Return the features' own lengths, ``[features]``: no logit depends on the padding."""
        return features.lengths

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        """Compute the logits of each feature, ``[b x labels]``."""
        logits: NDArray[np.float32] = classifier_logits(network, batch).numpy()
        return list(logits)

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        """Compute the cross-entropy of each feature, in nats, ``[features]``."""
        return cross_entropy(np.stack(outputs), features.values[LABEL])

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[TextExample]
    ) -> Predictions:
        """Choose the label with the largest logit, the first of equal ones."""
        logits = np.stack(outputs)
        return Predictions(
            ids=tuple(example.id for example in examples),
            values=tuple(logits.argmax(axis=1).tolist()),
            logits=logits,
        )

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        """Return logits and probabilities, ``[rows x labels]``."""
        return logits_and_probabilities(np.stack(outputs))

    def align(self, first: Features, other: Features) -> bool:
        """Return whether there are as many rows: each has the same labels."""
        return len(first) == len(other)

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        """Average probabilities; see ``average_probabilities``."""
        return average_probabilities(several)


def logits_and_probabilities(logits: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return logits with the probabilities that they mean.

    Args:
        logits: ``[features x classes]``.
    """
    return {"logits": logits, "probabilities": softmax(logits)}


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute the probabilities that logits mean, along the last axis."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def average_probabilities(several: Sequence[Sequence[Output]]) -> list[Output]:
    """Average the probabilities of several networks.

    Args:
        several: The logits of each, ``[networks][features]``, each ``[classes]``.

    Returns:
        The logarithms of the averages: logits that mean these probabilities.
    """
    mean = np.mean([softmax(np.stack(each)).astype(np.float64) for each in several], axis=0)
    return list(np.log(np.maximum(mean, np.finfo(np.float32).tiny)).astype(np.float32))


def cross_entropy(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute each feature's negative log likelihood, in nats, ``[features]``.

    Args:
        logits: ``[features x classes]``.
        labels: Indices of the right classes, ``[features]``.
    """
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return np.asarray(log_sum - shifted[np.arange(len(labels)), labels], dtype=np.float64)


def classifier_layers(labels: int) -> PaddleHead:
    """Return the layers for sequence classification with an output for each label."""
    return PaddleHead("ForSequenceClassification", {"num_classes": labels})


def build_classifier(
    location: str, layers: PaddleHead, *, seed: int, kept: bool, keep_head: bool
) -> Any:
    """Load a network for sequence classification with an output for each label.

    Raises:
        UsageError: There is no such model, it can't be fetched, or it doesn't fit.
    """
    if kept:
        return load_kept_network(Path(location), layers, seed=seed)
    return load_network(location, layers, seed=seed, keep_head=keep_head)


def encode_texts(
    examples: Sequence[TextExample], tokenizer: Any, *, max_length_tokens: int
) -> Features:
    """Tokenize texts as the published script does: the longer of a pair loses tokens first."""
    return join_features(
        [
            _encode(
                *(examples[start : start + CHUNK_EXAMPLES], start, tokenizer),
                max_length_tokens=max_length_tokens,
            )
            for start in range(0, len(examples), CHUNK_EXAMPLES)
        ]
    )


def classifier_logits(network: Any, batch: Batch) -> Any:
    """Compute the logits of a batch, a tensor ``[b x labels]``."""
    to_tensor = load_paddle().to_tensor
    arrays = network_inputs(network, batch.ids, batch.segments)
    return network(**{name: to_tensor(array) for name, array in arrays.items()})


def _encode(
    examples: Sequence[TextExample], first: int, tokenizer: Any, *, max_length_tokens: int
) -> Features:
    """Tokenize some examples; ``first`` is the number of the first one in its split."""
    pairs = [e.text_pair for e in examples]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that truncated tokens are not returned
        out = tokenizer(
            [e.text for e in examples],
            text_pair=None if pairs[0] is None else pairs,
            max_length=max_length_tokens,
            truncation="longest_first",
            return_token_type_ids=True,
        )
    ids, segments = out["input_ids"], out["token_type_ids"]
    labels = [UNLABELLED if e.label is None else e.label for e in examples]
    return Features(
        ids=np.fromiter(chain.from_iterable(ids), dtype=np.int32),
        segments=np.fromiter(chain.from_iterable(segments), dtype=np.uint8),
        offsets=np.cumsum([0, *(len(row) for row in ids)], dtype=np.int64),
        examples=np.arange(first, first + len(examples), dtype=np.int64),
        values={LABEL: np.array(labels, dtype=np.int64)},
    )
