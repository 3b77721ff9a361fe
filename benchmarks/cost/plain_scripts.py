"""What the published scripts do differently by kind of task; ``plain_clue_loop`` has the rest.

All of them evaluate in file order, in batches of the script's own size. The script for
classification tokenizes an example each time that its batch is drawn. Those for the reading tasks
tokenize a split before they begin and keep the result on disk, but look for that of the
development set only when they are told to overwrite it: it is made anew at every start.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np

from autoclue.tasks import ChoiceSpec, ClozeSpec, SpanSpec, TaskData, TextExample
from autoclue.tasks.decoding import OUTSIDE, decode_published
from autoclue.tasks.decoding.idioms import Choices
from autoclue.tasks.reading import SpanExample
from autoclue.training import TrialConfig
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

Figures = dict[str, float]
"""What an evaluation found: ``score``, ``eval_s`` and, where the kind has it, ``dev_loss``."""


class Script(Protocol):
    """How the script of one kind of task trains and evaluates."""

    @property
    def examples(self) -> int:
        """How many features an epoch has."""

    def network(self) -> Any:
        """Load the network with a fresh head, in training mode."""

    def epoch(self) -> Iterable[Any]:
        """Begin the next epoch: its batches, shuffled by its number."""

    def loss(self, network: Any, batch: Any) -> Any:
        """Compute the mean loss of a batch."""

    def evaluate(self, network: Any) -> Figures:
        """Score the development set; the network is left in training mode."""


@dataclass(frozen=True)
class Setting:
    """What a script is started with.

    Attributes:
        data: The task's rows.
        model: Folder or hub name.
        config: The trial's settings.
        cache: Folder for what scripts of reading tasks keep of the training set.
    """

    data: TaskData
    model: str
    config: TrialConfig
    cache: Path

    def tokenizer(self) -> Any:
        """Load the model's tokenizer."""
        from paddlenlp.transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.model)


class ClassificationScript:
    """Tokenizes each example when its batch is drawn, in training and in every evaluation."""

    def __init__(self, setting: Setting) -> None:
        """Read both splits."""
        import paddle

        self._setting = setting
        self._criterion = paddle.nn.CrossEntropyLoss()
        tokenizer, size = setting.tokenizer(), setting.config.micro_batch_size
        self._train, self._dev = (
            _lazy_loader(
                *(setting.data.examples(split), tokenizer, setting.config.max_length_tokens, size),
                shuffle=split == "train",
            )
            for split in ("train", "dev")
        )

    @property
    def examples(self) -> int:
        """How many rows an epoch has."""
        return len(self._train.dataset)

    def network(self) -> Any:
        """Load a network for sequence classification."""
        from paddlenlp.transformers import AutoModelForSequenceClassification

        labels = len(self._setting.data.spec.output_labels)
        return AutoModelForSequenceClassification.from_pretrained(
            self._setting.model, num_classes=labels
        )

    def epoch(self) -> Iterable[Any]:
        """Begin the next epoch."""
        batches: Iterable[Any] = self._train
        return batches

    def loss(self, network: Any, batch: Any) -> Any:
        """Compute the mean cross-entropy."""
        labels = batch.pop("labels")
        return self._criterion(network(**batch), labels)

    def evaluate(self, network: Any) -> Figures:
        """Compute the accuracy, batch by batch at the training batch size."""
        import paddle

        began = time.perf_counter()
        accuracy = paddle.metric.Accuracy()
        total, rows = 0.0, 0
        network.eval()
        with paddle.no_grad():
            for batch in self._dev:
                labels = batch.pop("labels")
                logits = network(**batch)
                total += float(self._criterion(logits, labels)) * len(labels)
                rows += len(labels)
                accuracy.update(accuracy.compute(logits, labels))
        network.train()
        return {
            "dev_loss": total / rows,
            "score": float(accuracy.accumulate()),
            "eval_s": time.perf_counter() - began,
        }


def _lazy_loader(
    examples: list[TextExample],
    tokenizer: Any,
    max_length_tokens: int,
    batch_size: int,
    *,
    shuffle: bool,
) -> Any:
    """Make a loader that tokenizes each example when its batch is drawn."""
    from paddlenlp.data import DataCollatorWithPadding
    from paddlenlp.datasets import MapDataset

    def convert(row: dict[str, Any]) -> Any:
        encoded = tokenizer(
            row["text"],
            text_pair=row["text_pair"],
            max_length=max_length_tokens,
            truncation="longest_first",
        )
        encoded["labels"] = row["label"]
        return encoded

    rows = [{"text": e.text, "text_pair": e.text_pair, "label": e.label} for e in examples]
    dataset = MapDataset(rows).map(convert, lazy=True)
    return _loader(dataset, batch_size, DataCollatorWithPadding(tokenizer), shuffle=shuffle)


def _loader(dataset: Any, batch_size: int, collate: Any, *, shuffle: bool) -> Any:
    """Make a loader; one that shuffles does it by the number of the epoch."""
    from paddle.io import BatchSampler, DataLoader, DistributedBatchSampler

    sampler = (
        DistributedBatchSampler(dataset, batch_size=batch_size, shuffle=True)
        if shuffle
        else BatchSampler(dataset, batch_size=batch_size, shuffle=False)
    )
    return DataLoader(
        dataset, batch_sampler=sampler, collate_fn=collate, num_workers=0, return_list=True
    )


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
    encode: Callable[[Sequence[Any], Any], list[Any]]
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


def _span_script(setting: Setting) -> ReadingScript:
    spec = SpanSpec.of(setting.data.spec)

    def network(model: str) -> Any:
        from paddlenlp.transformers import AutoModelForQuestionAnswering

        return AutoModelForQuestionAnswering.from_pretrained(model)

    steps = Steps(
        published="cmrc2018",
        encode=lambda rows, tokenizer: encode_spans(
            *(rows, tokenizer),
            max_length_tokens=setting.config.max_length_tokens,
            hop_tokens=spec.hop_tokens,
        ),
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


def _choice_script(setting: Setting) -> ReadingScript:
    choices = ChoiceSpec.of(setting.data.spec).choices
    length = setting.config.max_length_tokens

    def encode(rows: Sequence[Any], tokenizer: Any) -> list[ChoiceFeature]:
        return encode_choices(rows, tokenizer, max_length_tokens=length, num_choices=choices)

    def decode(rows: Sequence[Any], logits: Logits) -> Choices:
        return largest_choices(logits)

    return ReadingScript(setting, _choosing("c3", encode, decode, choices))


def _cloze_script(setting: Setting) -> ReadingScript:
    length = setting.config.max_length_tokens

    def encode(rows: Sequence[Any], tokenizer: Any) -> list[ChoiceFeature]:
        return encode_blanks(rows, tokenizer, max_length_tokens=length)

    def decode(rows: Sequence[Any], logits: Logits) -> Choices:
        return decode_published(logits, np.array([row.group for row in rows]))

    choices = ClozeSpec.of(setting.data.spec).choices
    return ReadingScript(setting, _choosing("chid", encode, decode, choices))


def _choosing(
    published: str,
    encode: Callable[[Sequence[Any], Any], list[ChoiceFeature]],
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


SCRIPTS: Final[Mapping[str, Callable[[Setting], Script]]] = MappingProxyType(
    {
        "classification": ClassificationScript,
        "span_extraction": _span_script,
        "multiple_choice": _choice_script,
        "cloze": _cloze_script,
    }
)
"""The script of every kind of task."""
