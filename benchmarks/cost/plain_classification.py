"""What the published script for classification does.

It tokenizes an example each time that its batch is drawn, and evaluates in file order at the
training batch size.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from autoclue.tasks import TextExample
from benchmarks.cost.plain_script import Figures, Setting


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
