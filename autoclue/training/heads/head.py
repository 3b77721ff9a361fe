"""What a head is: how a network is made to answer a kind of task, and how it learns to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import Predictions
from autoclue.training.features import Batch, Features
from autoclue.training.model import PaddleHead

E = TypeVar("E", contravariant=True)

Output = NDArray[np.float32]
"""What a network computes for one feature; its shape is the head's own."""


class Head(Protocol[E]):
    """Turns examples into what a network reads, and what it computes into predictions.

    ``E`` is the example class of the head's kind of task. A head holds no weights: those are in
    the network that :meth:`build` loads.
    """

    @property
    def layers(self) -> PaddleHead:
        """What PaddleNLP puts on top of the encoder."""

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        """Load a pretrained network with a fresh head, in training mode.

        Nothing may draw from a random generator between seeding and loading.

        Args:
            location: Hub name or folder.
            seed: Seeds the head's first weights, and every dropout mask after them.
            kept: Whether the folder is one that autoclue kept, with its head.
            keep_head: Whether the head comes from the folder, whoever wrote it.

        Raises:
            UsageError: There is no such model, it can't be fetched, or it has no such head.
        """

    def encode(self, examples: Sequence[E], tokenizer: Any, *, max_length_tokens: int) -> Features:
        """Tokenize examples.

        Args:
            examples: At least one.
            tokenizer: A PaddleNLP tokenizer.
            max_length_tokens: Longest sequence, special tokens included.

        Returns:
            Their features; ``features.examples`` says which example each belongs to.

        Raises:
            DataError: An example can't be made to fit.
        """

    def loss(self, network: Any, batch: Batch) -> Any:
        """Compute the mean loss of a batch.

        Returns:
            A scalar tensor, in nats, with its gradient.
        """

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        """Return the least length that each feature is padded to in an evaluation, ``[features]``.

        It is the feature's own, except where an answer depends on the padding.
        """

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        """Compute what the network says about each feature of a batch, ``[b]``.

        The caller has switched off dropout and gradients.
        """

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        """Compute the loss of each feature from its output, in nats, ``[features]``.

        Args:
            outputs: What the network says about each feature, ``[features]``.
            features: The features of a split with answers.
        """

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[E]
    ) -> Predictions:
        """Predict every example.

        Args:
            outputs: What the network says about each feature, ``[features]``.
            features: The features.
            examples: The examples that they were made from.

        Returns:
            One prediction for each example, in the order of ``examples``.
        """

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        """Put what the network says into arrays for keeping: logits, probabilities and their key.

        Args:
            outputs: What the network says about each feature, ``[features]``.
            features: The features.
        """

    def align(self, first: Features, other: Features) -> bool:
        """Return whether what two networks say about such features can be averaged."""

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        """Average what several networks say, into what one network could have said.

        Args:
            several: The outputs of each network, ``[networks][features]``.
            features: The features of the first; those of the others align with them.
        """
