"""The head that finds an answer in a text: two logits a token, one for start and one for end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import DataError
from autoclue.tasks import Predictions, SpanSpec
from autoclue.tasks.decoding import WindowLogits, best_answer
from autoclue.tasks.reading import SpanExample
from autoclue.training.features import Batch, Features, join_features
from autoclue.training.heads.classification import softmax
from autoclue.training.heads.head import Output
from autoclue.training.heads.tokens import padded
from autoclue.training.heads.windows import SpanWindow, encode_spans
from autoclue.training.model import PaddleHead, load_kept_network, load_network
from autoclue.training.platform import load_paddle
from autoclue.training.protocols import Mends

LAYERS = PaddleHead("ForQuestionAnswering")

EVALUATION_BATCH = 12
"""Windows in a batch of the published evaluation."""

CHUNK_EXAMPLES = 1000
"""Questions that are tokenized at once."""

START, END, CHARACTERS = "start", "end", "characters"


@dataclass(frozen=True, slots=True)
class SpanExtractionHead:
    """Finds the answer to a question in a text.

    Attributes:
        spec: The task.
        published_padding: Whether an evaluation gives each window the padding that it has in the
            published one; if not, no place of padding counts.
    """

    spec: SpanSpec
    published_padding: bool = True

    @property
    def layers(self) -> PaddleHead:
        """The layers for question answering."""
        return LAYERS

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        """Load a network for question answering, with a fresh head or the kept one.

        Raises:
            UsageError: The architecture has no such head, or the model can't be loaded.
        """
        if kept:
            return load_kept_network(Path(location), LAYERS, seed=seed)
        return load_span_network(location, seed=seed, keep_head=keep_head)

    def encode(
        self, examples: Sequence[SpanExample], tokenizer: Any, *, max_length_tokens: int
    ) -> Features:
        """Cut contexts into windows as the published script does.

        Raises:
            DataError: No context has any text, or a question leaves no room for its context.
        """
        parts = []
        for first in range(0, len(examples), CHUNK_EXAMPLES):
            windows = encode_spans(
                examples[first : first + CHUNK_EXAMPLES],
                tokenizer,
                max_length_tokens=max_length_tokens,
                hop_tokens=self.spec.hop_tokens,
            )
            parts += [_features(windows, first)] if windows else []
        if not parts:
            raise DataError(f"No context of {self.spec.name} holds any text; check its files.")
        return join_features(parts)

    def loss(self, network: Any, batch: Batch) -> Any:
        """Compute the mean of the cross-entropies of start and of end, in nats.

        They run over all places of the batch, padding included, as in the published script.
        """
        return span_loss(
            network,
            SpanBatch(batch.ids, batch.segments, batch.values[START], batch.values[END]),
        )

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        """Return the length of each window's batch in the published evaluation, ``[features]``.

        That evaluation takes twelve windows after another. Logits of padding take places among the
        largest that an answer is drawn from, so that each window gets as much padding as there.
        Without the published padding it is the window's own length.
        """
        lengths = features.lengths
        if not self.published_padding:
            return lengths
        firsts = np.arange(0, len(lengths), EVALUATION_BATCH)
        longest = np.maximum.reduceat(lengths, firsts)
        return np.repeat(longest, EVALUATION_BATCH)[: len(lengths)]

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        """Compute the logits of start and end of each window, ``[b x (2, length)]``."""
        to_tensor = load_paddle().to_tensor
        start, end = network(to_tensor(batch.ids), to_tensor(batch.segments))
        return list(np.stack((start.numpy(), end.numpy()), axis=1))

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        """Compute the loss of each window over all places that count, in nats, ``[features]``.

        Those are the places of its batch in the published evaluation, or its own; what else it was
        padded to here doesn't count.
        """
        starts, ends = features.values[START], features.values[END]
        given = zip(outputs, self.evaluation_lengths(features), starts, ends, strict=True)
        found = [
            (_negative_log(output[0, :length], start) + _negative_log(output[1, :length], end)) / 2
            for output, length, start, end in given
        ]
        return np.array(found, dtype=np.float64)

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[SpanExample]
    ) -> Predictions:
        """Answer every question with the best span of its windows, as published."""
        characters = features.token_values[CHARACTERS]
        bounds, lengths = features.offsets, self.evaluation_lengths(features)
        windows: list[list[WindowLogits]] = [[] for _ in examples]
        for place, (example, output) in enumerate(zip(features.examples, outputs, strict=True)):
            start, end = output[:, : lengths[place]]
            own = np.asarray(characters[bounds[place] : bounds[place + 1]])
            windows[example].append(WindowLogits(own, start, end))
        most = self.spec.max_answer_tokens
        answers = (
            best_answer(example.context, its_windows, max_answer_tokens=most)
            for example, its_windows in zip(examples, windows, strict=True)
        )
        return Predictions(tuple(example.id for example in examples), tuple(answers))

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        """Return what is said about each window, one after another, padding left out.

        ``examples`` ``[windows]`` is the question of each window, ``bounds`` ``[windows + 1]``
        where its tokens begin. Of each token there are ``start_logits`` and ``end_logits``, their
        probabilities within the window, and its ``characters`` ``[tokens x 2]`` of the context.
        """
        own = [
            output[:, :length] for output, length in zip(outputs, features.lengths, strict=True)
        ]
        logits = np.concatenate(own, axis=1)
        probabilities = np.concatenate([softmax(each) for each in own], axis=1)
        return {
            "examples": np.asarray(features.examples),
            "bounds": np.asarray(features.offsets),
            CHARACTERS: np.asarray(features.token_values[CHARACTERS]),
            "start_logits": logits[0],
            "end_logits": logits[1],
            "start_probabilities": probabilities[0],
            "end_probabilities": probabilities[1],
        }

    def align(self, first: Features, other: Features) -> bool:
        """Return whether both networks read the same windows, token by token."""
        one, two = (each.token_values[CHARACTERS] for each in (first, other))
        return (
            np.array_equal(first.offsets, other.offsets)
            and np.array_equal(first.examples, other.examples)
            and np.array_equal(one, two)
        )

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        """Average the logits of each window's tokens and of the padding that answers see."""
        lengths = self.evaluation_lengths(features)
        return [
            np.mean([output[:, :length] for output in outputs], axis=0, dtype=np.float32)
            for *outputs, length in zip(*several, lengths, strict=True)
        ]


def span_head(spec: SpanSpec, mends: Mends) -> SpanExtractionHead:
    """Make the head for answers that stand in a text."""
    return SpanExtractionHead(spec, published_padding=not mends.one_evaluation_batch)


def _features(windows: Sequence[SpanWindow], first: int) -> Features:
    """Join windows into arrays; ``first`` is the number of their first question in its split."""
    return Features(
        ids=np.concatenate([window.input_ids for window in windows]),
        segments=np.concatenate([window.token_type_ids for window in windows]).astype(np.uint8),
        offsets=np.cumsum([0, *(len(window.input_ids) for window in windows)], dtype=np.int64),
        examples=np.array([first + window.example for window in windows], dtype=np.int64),
        values={
            START: np.array([window.start for window in windows], dtype=np.int64),
            END: np.array([window.end for window in windows], dtype=np.int64),
        },
        token_values={CHARACTERS: np.concatenate([window.offsets for window in windows])},
    )


def _negative_log(logits: NDArray[np.float32], place: int) -> float:
    """Compute the cross-entropy of one place among all, in nats."""
    wide = logits.astype(np.float64) - logits.max()
    return float(np.log(np.exp(wide).sum()) - wide[place])


@dataclass(frozen=True, slots=True)
class SpanBatch:
    """Windows side by side, padded to the longest.

    Attributes:
        input_ids: ``[windows x length]``.
        token_type_ids: ``[windows x length]``.
        starts: ``[windows]``; places of the answers' first tokens.
        ends: ``[windows]``; places of their last ones.
    """

    input_ids: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpanLogits:
    """What the network says about one window, as long as the batch that it stood in.

    Attributes:
        start: ``[length]``.
        end: ``[length]``.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]


def load_span_network(location: str, *, seed: int, keep_head: bool = False) -> Any:
    """Load a network with a fresh head for span extraction.

    Args:
        location: Hub name or folder.
        seed: Seeds the head.
        keep_head: Whether the head comes from the folder.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    return load_network(location, LAYERS, seed=seed, keep_head=keep_head)


def collate_windows(windows: Sequence[SpanWindow], *, pad_id: int) -> SpanBatch:
    """Put windows side by side.

    Args:
        windows: At least one.
        pad_id: Fills up the ids; types are filled up with 0.
    """
    return SpanBatch(
        input_ids=padded([w.input_ids for w in windows], pad_id).astype(np.int64),
        token_type_ids=padded([w.token_type_ids for w in windows], 0).astype(np.int64),
        starts=np.array([window.start for window in windows], dtype=np.int64),
        ends=np.array([window.end for window in windows], dtype=np.int64),
    )


def span_loss(network: Any, batch: SpanBatch) -> Any:
    """Compute the mean of the cross-entropies of start and of end, over all places of the batch.

    Places of padding compete with the others, as in the published script.

    Returns:
        A scalar tensor.
    """
    paddle = load_paddle()
    cross_entropy = paddle.nn.functional.cross_entropy
    start, end = _forward(network, batch)
    start_loss = cross_entropy(start, paddle.to_tensor(batch.starts))
    end_loss = cross_entropy(end, paddle.to_tensor(batch.ends))
    return (start_loss + end_loss) / 2


def span_logits(network: Any, batch: SpanBatch) -> list[SpanLogits]:
    """Compute the logits of a batch, without gradients; dropout is the caller's to switch."""
    with load_paddle().no_grad():
        start, end = (tensor.numpy() for tensor in _forward(network, batch))
    return [SpanLogits(*pair) for pair in zip(start, end, strict=True)]


def answer_questions(
    examples: Sequence[SpanExample], windows: Sequence[SpanWindow], outputs: Sequence[SpanLogits]
) -> dict[str, str]:
    """Answer every question.

    Args:
        examples: The questions.
        windows: Their windows.
        outputs: What the network says about each window, in the same order.

    Returns:
        The answers by question id, in the order of the questions; a question without windows gets
        the stand-in of `best_answer`.
    """
    by_example: list[list[WindowLogits]] = [[] for _ in examples]
    for window, output in zip(windows, outputs, strict=True):
        by_example[window.example].append(WindowLogits(window.offsets, output.start, output.end))
    return {
        example.id: best_answer(example.context, its_windows)
        for example, its_windows in zip(examples, by_example, strict=True)
    }


def _forward(network: Any, batch: SpanBatch) -> tuple[Any, Any]:
    to_tensor = load_paddle().to_tensor
    start, end = network(to_tensor(batch.input_ids), to_tensor(batch.token_type_ids))
    return start, end
