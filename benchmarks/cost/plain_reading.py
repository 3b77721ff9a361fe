"""What the published scripts for the reading tasks do.

They tokenize a split before they begin and keep the result on disk, but look for that of the
development set only when they are told to overwrite it: it is made anew at every start. A context
is tokenized anew for each of its questions. They evaluate in file order, in batches of a size of
their own.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autoclue.tasks import ChoiceSpec, ClozeSpec, SpanSpec
from autoclue.tasks.decoding import OUTSIDE, decode_published
from autoclue.tasks.decoding.idioms import Choices
from autoclue.tasks.reading import SpanExample
from autoclue.training.heads.blanks import encode_blanks
from autoclue.training.heads.choices import ChoiceFeature, encode_choices
from autoclue.training.heads.classification import cross_entropy
from autoclue.training.heads.multiple_choice import (
    Logits,
    choice_logits,
    choice_loss,
    collate_choices,
    largest_choices,
)
from autoclue.training.heads.recipe import PUBLISHED
from autoclue.training.heads.span_extraction import (
    SpanLogits,
    collate_windows,
    span_logits,
    span_loss,
)
from autoclue.training.heads.windows import SpanWindow, encode_spans
from autoclue.training.recipe import epoch_order, training_batches
from benchmarks.cost.plain_script import Figures, Setting

Encode = Callable[[Sequence[Any], Any], list[Any]]
"""Lays rows out, given the tokenizer."""


@dataclass(frozen=True)
class Steps:
    """What the script of a reading task does with rows, features and logits.

    Attributes:
        published: Its name in ``PUBLISHED``.
        encode: Lays rows out, given the tokenizer.
        network: Loads the network, given its folder.
        collate: Puts features side by side, given the pad id.
        loss: Computes the mean loss of a batch.
        logits: Computes what is decoded, a row a feature.
        score: Decodes and scores, given rows, features and logits.
    """

    published: str
    encode: Encode
    network: Callable[[str], Any]
    collate: Callable[[Sequence[Any], int], Any]
    loss: Callable[[Any, Any], Any]
    logits: Callable[[Any, Any], Sequence[Any]]
    score: Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Figures]


class ReadingScript:
    """Tokenizes the development set at every start, and the training set at the first."""

    def __init__(self, setting: Setting, steps: Steps) -> None:
        """Read both splits and make their features."""
        self._setting, self._steps = setting, steps
        tokenizer, data = setting.tokenizer(), setting.data
        self._pad_id = int(tokenizer.pad_token_id)
        self._train = _kept(
            setting.cache / f"{data.spec.name}-train.pickle",
            lambda: steps.encode(data.examples("train"), tokenizer),
        )
        self._dev_rows = data.examples("dev")
        self._dev = steps.encode(self._dev_rows, tokenizer)
        self._epoch = 0

    @property
    def examples(self) -> int:
        """How many features an epoch has."""
        return len(self._train)

    def network(self) -> Any:
        """Load the network."""
        return self._steps.network(self._setting.model)

    def epoch(self) -> Iterable[Any]:
        """Begin the next epoch."""
        order = epoch_order(len(self._train), self._epoch)
        self._epoch += 1
        for rows in training_batches(order, self._setting.config.micro_batch_size):
            yield self._steps.collate([self._train[row] for row in rows], self._pad_id)

    def loss(self, network: Any, batch: Any) -> Any:
        """Compute the mean loss."""
        return self._steps.loss(network, batch)

    def evaluate(self, network: Any) -> Figures:
        """Score the development set in file order, at the batch size of evaluations."""
        began = time.perf_counter()
        network.eval()
        outputs = list(self._outputs(network))
        figures = self._steps.score(self._dev_rows, self._dev, outputs)
        network.train()
        return {**figures, "eval_s": time.perf_counter() - began}

    def _outputs(self, network: Any) -> Iterator[Any]:
        size = PUBLISHED[self._steps.published].eval_batch_size
        for first in range(0, len(self._dev), size):
            batch = self._steps.collate(self._dev[first : first + size], self._pad_id)
            yield from self._steps.logits(network, batch)


def span_script(setting: Setting) -> ReadingScript:
    """Make the script for span extraction, as CMRC2018's."""
    spec = SpanSpec.of(setting.data.spec)

    def network(model: str) -> Any:
        from paddlenlp.transformers import AutoModelForQuestionAnswering

        return AutoModelForQuestionAnswering.from_pretrained(model)

    def encode(rows: Sequence[SpanExample], tokenizer: Any) -> list[SpanWindow]:
        return encode_spans(
            rows,
            tokenizer,
            max_length_tokens=setting.config.max_length_tokens,
            hop_tokens=spec.hop_tokens,
        )

    steps = Steps(
        published="cmrc2018",
        encode=_one_by_one(encode),
        network=network,
        collate=lambda features, pad_id: collate_windows(features, pad_id=pad_id),
        loss=span_loss,
        logits=span_logits,
        score=partial(_score_spans, most=spec.max_answer_tokens),
    )
    return ReadingScript(setting, steps)


@dataclass(frozen=True)
class _Questions:
    """Rows as PaddleNLP's own functions read them: by column, or one after another."""

    rows: Sequence[SpanExample]

    def __getitem__(self, column: str) -> list[str]:
        return [str(getattr(row, column)) for row in self.rows]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            texts = [answer.text for answer in row.answers]
            answers = {"text": texts, "answer_start": [answer.start for answer in row.answers]}
            yield {"id": row.id, "context": row.context, "answers": answers}


def _score_spans(
    rows: Sequence[SpanExample],
    windows: Sequence[SpanWindow],
    outputs: Sequence[SpanLogits],
    *,
    most: int,
) -> Figures:
    """Answer and score by PaddleNLP's own functions, as the script does; it computes no loss."""
    from paddlenlp.metrics.squad import compute_prediction, squad_evaluate

    features = [
        {
            "example_id": rows[window.example].id,
            "offset_mapping": [
                None if place[0] == OUTSIDE else place for place in window.offsets.tolist()
            ],
        }
        for window in windows
    ]
    logits = ([output.start for output in outputs], [output.end for output in outputs])
    answers, _, _ = compute_prediction(_Questions(rows), features, logits, False, 20, most, 0.0)
    scores = squad_evaluate(list(_Questions(rows)), answers, is_whitespace_splited=False)
    return {"score": scores["exact"] / 100}


def choice_script(setting: Setting) -> ReadingScript:
    """Make the script for questions with choices, as C3's."""
    choices = ChoiceSpec.of(setting.data.spec).choices
    length = setting.config.max_length_tokens

    def encode(rows: Sequence[Any], tokenizer: Any) -> list[ChoiceFeature]:
        return encode_choices(rows, tokenizer, max_length_tokens=length, num_choices=choices)

    def decode(rows: Sequence[Any], logits: Logits) -> Choices:
        return largest_choices(logits)

    return ReadingScript(setting, _choosing("c3", _one_by_one(encode), decode, choices))


def cloze_script(setting: Setting) -> ReadingScript:
    """Make the script for blanks, as CHID's."""
    length = setting.config.max_length_tokens

    def encode(rows: Sequence[Any], tokenizer: Any) -> list[ChoiceFeature]:
        return encode_blanks(rows, tokenizer, max_length_tokens=length)

    def decode(rows: Sequence[Any], logits: Logits) -> Choices:
        return decode_published(logits, np.array([row.group for row in rows]))

    choices = ClozeSpec.of(setting.data.spec).choices
    return ReadingScript(setting, _choosing("chid", encode, decode, choices))


def _choosing(
    published: str,
    encode: Encode,
    decode: Callable[[Sequence[Any], Logits], Choices],
    choices: int,
) -> Steps:
    def network(model: str) -> Any:
        from paddlenlp.transformers import AutoModelForMultipleChoice

        return AutoModelForMultipleChoice.from_pretrained(model, num_choices=choices)

    def score(
        rows: Sequence[Any], features: Sequence[ChoiceFeature], outputs: Sequence[Any]
    ) -> Figures:
        logits = np.stack(outputs)
        labels = np.array([feature.label for feature in features])
        return {
            "score": float(np.mean(decode(rows, logits) == labels)),
            "dev_loss": float(cross_entropy(logits, labels).mean()),
        }

    return Steps(
        published=published,
        encode=encode,
        network=network,
        collate=lambda features, pad_id: collate_choices(features, pad_id=pad_id),
        loss=choice_loss,
        logits=lambda network, batch: list(choice_logits(network, batch)),
        score=score,
    )


def _one_by_one(encode: Encode) -> Encode:
    """Lay each row out by itself, so that a text that several share is tokenized for each."""

    def encode_all(rows: Sequence[Any], tokenizer: Any) -> list[Any]:
        return [
            replace(feature, example=number)
            for number, row in enumerate(rows)
            for feature in encode([row], tokenizer)
        ]

    return encode_all


def _kept(path: Path, make: Callable[[], list[Any]]) -> list[Any]:
    """Load what an earlier start has kept, or make and keep it."""
    if path.is_file():
        with path.open("rb") as file:
            found: list[Any] = pickle.load(file)  # the lines below wrote it
        return found
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pickle.dump(made, file)
    return made
