"""The head that chooses: one logit a choice, for questions with choices and for blanks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import ChoiceSpec, ClozeSpec, Example, Predictions
from autoclue.tasks.decoding import (
    PUBLISHED_BATCH_SIZE,
    decode_every,
    decode_optimal,
    decode_published,
    refuse_lost,
)
from autoclue.tasks.reading import BlankExample, ChoiceExample
from autoclue.training.features import Batch, Features, join_features
from autoclue.training.heads.blanks import encode_blanks
from autoclue.training.heads.choices import ChoiceFeature, encode_choices
from autoclue.training.heads.classification import (
    average_probabilities,
    cross_entropy,
    logits_and_probabilities,
)
from autoclue.training.heads.head import Output
from autoclue.training.model import PaddleHead, load_kept_network, load_network
from autoclue.training.platform import load_paddle
from autoclue.training.protocols import EVALUATION_BATCH, Mends

E = TypeVar("E", bound=Example)

Logits = NDArray[np.float32]

MASKED = -1e9
"""The logit of a filler where fillers are masked."""


CHUNK_EXAMPLES = 1000
"""Questions that are tokenized at once."""

LABEL, REAL = "label", "real"


@dataclass(frozen=True, slots=True)
class MultipleChoiceHead(Generic[E]):
    """Scores the choices of each question, or the candidates of each blank.

    Attributes:
        num_choices: How many the network scores.
        features: Lays examples out, given a tokenizer and the longest input in tokens.
        choose: Chooses for every example, given the logits ``[examples x choices]``.
        mask_fillers: Whether fillers are kept from competing; the published script lets them.
    """

    num_choices: int
    features: Callable[[Sequence[E], Any, int], list[ChoiceFeature]]
    choose: Callable[[Logits, Sequence[E]], NDArray[np.int64]]
    mask_fillers: bool = False

    @property
    def layers(self) -> PaddleHead:
        """The layers for multiple choice."""
        return _layers(self.num_choices)

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        """Load a network for multiple choice, with a fresh head or the kept one.

        Raises:
            UsageError: The architecture has no such head, or the model can't be loaded.
        """
        if kept:
            return load_kept_network(Path(location), self.layers, seed=seed)
        return load_choice_network(
            location, num_choices=self.num_choices, seed=seed, keep_head=keep_head
        )

    def encode(self, examples: Sequence[E], tokenizer: Any, *, max_length_tokens: int) -> Features:
        """Lay out every choice of every example as the published script does.

        Raises:
            DataError: An example has too many choices, or candidates of different length.
        """
        parts = []
        for first in range(0, len(examples), CHUNK_EXAMPLES):
            chunk = examples[first : first + CHUNK_EXAMPLES]
            parts.append(_joined(self.features(chunk, tokenizer, max_length_tokens), first))
        return join_features(parts)

    def loss(self, network: Any, batch: Batch) -> Any:
        """Compute the mean cross-entropy over the choices, in nats."""
        return choice_loss(network, _choice_batch(batch), mask_fillers=self.mask_fillers)

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        """Return the features' own lengths, ``[features]``: no logit depends on the padding."""
        return features.lengths

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        """Compute the logits of each question's choices, ``[b x choices]``."""
        given = _choice_batch(batch)
        return list(choice_logits(network, given, mask_fillers=self.mask_fillers))

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        """Compute the cross-entropy of each question, in nats, ``[features]``."""
        return cross_entropy(np.stack(outputs), features.values[LABEL])

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[E]
    ) -> Predictions:
        """Choose for every example.

        Raises:
            DataError: A row has more blanks than candidates.
        """
        scores = np.stack(outputs)
        return Predictions(
            ids=tuple(example.id for example in examples),
            values=tuple(self.choose(scores, examples).tolist()),
            logits=scores,
        )

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        """Return logits and probabilities ``[examples x choices]``, and which are no fillers."""
        return {
            **logits_and_probabilities(np.stack(outputs)),
            REAL: np.asarray(features.values[REAL]),
        }

    def align(self, first: Features, other: Features) -> bool:
        """Return whether there are as many examples: each has the same choices."""
        return len(first) == len(other)

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        """Average probabilities; see ``average_probabilities``."""
        return average_probabilities(several)


def choice_head(spec: ChoiceSpec, mends: Mends) -> MultipleChoiceHead[ChoiceExample]:
    """Make the head for questions with choices: the largest logit wins.

    Args:
        spec: The task.
        mends: Whether fillers are masked.
    """

    def features(
        examples: Sequence[ChoiceExample], tokenizer: Any, length: int
    ) -> list[ChoiceFeature]:
        return encode_choices(
            examples, tokenizer, max_length_tokens=length, num_choices=spec.choices
        )

    def choose(scores: Logits, examples: Sequence[ChoiceExample]) -> NDArray[np.int64]:
        return largest_choices(scores)

    return MultipleChoiceHead(spec.choices, features, choose, mends.mask_fillers)


def cloze_head(spec: ClozeSpec, mends: Mends) -> MultipleChoiceHead[BlankExample]:
    """Make the head for blanks: no idiom is chosen twice in a row.

    Args:
        spec: The task.
        mends: Whether whole rows are decoded by their best assignment, or parts of them greedily
            as in the published script, and how many blanks such a part is cut from.
    """
    batch_size = EVALUATION_BATCH if mends.one_evaluation_batch else PUBLISHED_BATCH_SIZE

    def features(
        examples: Sequence[BlankExample], tokenizer: Any, length: int
    ) -> list[ChoiceFeature]:
        return encode_blanks(examples, tokenizer, max_length_tokens=length)

    def choose(scores: Logits, examples: Sequence[BlankExample]) -> NDArray[np.int64]:
        groups = np.array([example.group for example in examples], dtype=np.int64)
        if mends.best_assignment:
            return decode_every(scores, groups)
        chosen = decode_published(scores, groups, batch_size=batch_size)
        refuse_lost(chosen, groups)
        return chosen

    return MultipleChoiceHead(spec.choices, features, choose)


def _joined(made: Sequence[ChoiceFeature], first: int) -> Features:
    """Join features into arrays; ``first`` is the number of their first example in its split."""
    lengths = [len(ids) for feature in made for ids in feature.input_ids]
    types = [feature.token_type_ids.ravel() for feature in made]
    return Features(
        ids=np.concatenate([feature.input_ids.ravel() for feature in made]),
        segments=np.concatenate(types).astype(np.uint8),
        offsets=np.cumsum([0, *lengths], dtype=np.int64),
        examples=np.array([first + feature.example for feature in made], dtype=np.int64),
        values={
            LABEL: np.array([feature.label for feature in made], dtype=np.int64),
            REAL: np.stack([feature.real for feature in made]),
        },
    )


def _choice_batch(batch: Batch) -> ChoiceBatch:
    return ChoiceBatch(batch.ids, batch.segments, batch.values[REAL], batch.values[LABEL])


@dataclass(frozen=True, slots=True)
class ChoiceBatch:
    """Questions side by side, padded to the longest choice.

    Attributes:
        input_ids: ``[questions x choices x length]``.
        token_type_ids: ``[questions x choices x length]``.
        real: ``[questions x choices]``; false for fillers.
        labels: ``[questions]``; -1 where there is none.
    """

    input_ids: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    real: NDArray[np.bool_]
    labels: NDArray[np.int64]


def load_choice_network(
    location: str, *, num_choices: int, seed: int, keep_head: bool = False
) -> Any:
    """Load a network with a fresh head for multiple choice.

    Args:
        location: Hub name or folder.
        num_choices: Choices of every question, fillers counted.
        seed: Seeds the head.
        keep_head: Whether the head comes from the folder.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    return load_network(location, _layers(num_choices), seed=seed, keep_head=keep_head)


def _layers(num_choices: int) -> PaddleHead:
    return PaddleHead("ForMultipleChoice", {"num_choices": num_choices})


def collate_choices(features: Sequence[ChoiceFeature], *, pad_id: int) -> ChoiceBatch:
    """Put questions side by side.

    Args:
        features: At least one, all with the same number of choices.
        pad_id: Fills up the ids; types are filled up with 0.
    """
    return ChoiceBatch(
        input_ids=_side_by_side([feature.input_ids for feature in features], pad_id),
        token_type_ids=_side_by_side([feature.token_type_ids for feature in features], 0),
        real=np.stack([feature.real for feature in features]),
        labels=np.array([feature.label for feature in features], dtype=np.int64),
    )


def choice_loss(network: Any, batch: ChoiceBatch, *, mask_fillers: bool = False) -> Any:
    """Compute the cross-entropy over the choices.

    Args:
        network: As `build` makes it.
        batch: The questions.
        mask_fillers: Whether fillers are kept from competing; the published script lets them.

    Returns:
        A scalar tensor.
    """
    paddle = load_paddle()
    scores = _forward(network, batch)
    if mask_fillers and not batch.real.all():
        masked = paddle.full_like(scores, MASKED)
        scores = paddle.where(paddle.to_tensor(batch.real), scores, masked)
    return paddle.nn.functional.cross_entropy(scores, paddle.to_tensor(batch.labels))


def choice_logits(network: Any, batch: ChoiceBatch, *, mask_fillers: bool = False) -> Logits:
    """Compute the logits of a batch, without gradients; dropout is the caller's to switch.

    Returns:
        ``[questions x choices]``.
    """
    with load_paddle().no_grad():
        scores: Logits = _forward(network, batch).numpy()
    return np.where(batch.real, scores, np.float32(MASKED)) if mask_fillers else scores


def largest_choices(scores: Logits) -> NDArray[np.int64]:
    """Choose the largest logit of every question, the first of equal ones.

    Args:
        scores: ``[questions x choices]``.

    Returns:
        ``[questions]``.
    """
    chosen: NDArray[np.int64] = np.argmax(scores, axis=1).astype(np.int64)
    return chosen


def decode_blanks(
    scores: Logits,
    examples: Sequence[BlankExample],
    features: Sequence[ChoiceFeature],
    *,
    optimal: bool = False,
) -> NDArray[np.int64]:
    """Choose an idiom for every blank, none twice in a row.

    Args:
        scores: ``[blanks x candidates]``, in the order of the features.
        examples: The blanks.
        features: Their features.
        optimal: Whether the best assignment over a whole row is taken, rather than the published
            greedy one within evaluation batches.

    Returns:
        ``[blanks]``; `idioms.LOST` for a blank that got none.
    """
    groups = np.array([examples[feature.example].group for feature in features], dtype=np.int64)
    return decode_optimal(scores, groups) if optimal else decode_published(scores, groups)


def _side_by_side(blocks: Sequence[NDArray[np.int32]], fill: int) -> NDArray[np.int64]:
    """Stack ``[choices x length]`` blocks, each filled up on the right to the longest."""
    length = max(block.shape[1] for block in blocks)
    stacked = np.full((len(blocks), len(blocks[0]), length), fill, dtype=np.int64)
    for place, block in enumerate(blocks):
        stacked[place, :, : block.shape[1]] = block
    return stacked


def _forward(network: Any, batch: ChoiceBatch) -> Any:
    to_tensor = load_paddle().to_tensor
    return network(to_tensor(batch.input_ids), to_tensor(batch.token_type_ids))
