"""Have one model, or several together, answer a split of a task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoclue.errors import AutoclueError, UsageError
from autoclue.tasks import Predictions, TaskData
from autoclue.training.evaluate.evaluation import compute_outputs
from autoclue.training.evaluate.fine_tuned import FineTuned, check_answers
from autoclue.training.features import Features
from autoclue.training.heads import Head, Output, make_head
from autoclue.training.model import check_ids, check_length, load_tokenizer
from autoclue.training.platform import (
    apply_switches,
    flush_denormals,
    flushing_enabled,
    load_paddle,
    memory_ran_out,
    pick_device,
    spread_attention_masks,
)
from autoclue.training.protocols import find_protocol


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """What is said about a split, in file order.

    Attributes:
        head: The head that the models have.
        examples: The rows of the split.
        features: The features that the first model read.
        outputs: What is said about each feature; the average where several models answered.
        predictions: What follows from it for each row.
    """

    head: Head[Any]
    examples: Sequence[Any]
    features: Features
    outputs: Sequence[Output]
    predictions: Predictions

    @property
    def loss(self) -> float:
        """The mean loss over all features, in nats, of a split whose answers are known."""
        return float(self.head.losses(self.outputs, self.features).mean())


def answer_rows(
    models: Sequence[FineTuned], data: TaskData, split: str, *, device: str
) -> ModelAnswers:
    """Answer a split without dropout, in batches of rows of like length.

    Args:
        models: At least one; the answers of several are averaged, and decoded by the protocol
            that all of them were trained by.
        data: The task's rows.
        split: A split that is there.
        device: ``auto``, ``cpu``, ``gpu`` or ``xpu``.

    Raises:
        UsageError: A row can't be read or doesn't fit, a network can't be loaded or is no model
            of the task, or what the networks say can't be averaged.
        AutoclueError: A network's answer is not finite, or memory runs out.
    """
    apply_switches(gpu=device in ("gpu", "xpu"))
    chosen = pick_device(device)
    for model in models:
        check_answers(model, data.spec)
    protocol = find_protocol(models[0].protocol)
    head, examples = make_head(data.spec, protocol.mends), data.examples(split)
    load_paddle().set_device(chosen)
    read = [_Reader.of(model, head, examples) for model in models]
    _refuse_unlike(head, read)
    try:
        with flush_denormals(enabled=chosen == "cpu" and flushing_enabled()):
            said = [each.answer(head) for each in read]
    except Exception as error:  # Paddle raises several kinds
        if memory_ran_out(error):
            raise AutoclueError(
                f"Memory ran out while {split} of {data.spec.name} was answered; use a shorter "
                "--max-length-tokens, or --device cpu."
            ) from error
        raise
    features = read[0].features
    outputs = said[0] if len(said) == 1 else head.average(said, features)
    return ModelAnswers(
        head, examples, features, outputs, head.decode(outputs, features, examples)
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """A model with what it reads of the split."""

    model: FineTuned
    pad_id: int
    features: Features

    @classmethod
    def of(cls, model: FineTuned, head: Head[Any], examples: Sequence[Any]) -> _Reader:
        tokenizer = load_tokenizer(str(model.folder))
        features = head.encode(examples, tokenizer, max_length_tokens=model.max_length_tokens)
        return cls(model, int(tokenizer.pad_token_id), features)

    def answer(self, head: Head[Any]) -> list[Output]:
        folder = self.model.folder
        network = head.build(
            str(folder), seed=self.model.seed, kept=self.model.kept is not None, keep_head=True
        )
        if load_paddle().get_device() == "cpu":
            spread_attention_masks(network)
        check_length(network, self.model.max_length_tokens)
        check_ids(network, [int(self.features.ids.max())])
        outputs = compute_outputs(network, head, self.features, pad_id=self.pad_id)
        if not all(math.isfinite(float(np.sum(output))) for output in outputs):
            raise AutoclueError(
                f"The model in {folder} gives answers that are not finite numbers; its weights "
                "are of no use."
            )
        return outputs


def _refuse_unlike(head: Head[Any], read: Sequence[_Reader]) -> None:
    """Refuse models whose answers can't be averaged, before any of them answers.

    Raises:
        UsageError: They read other pieces of the rows.
    """
    first = read[0]
    for other in read[1:]:
        if not head.align(first.features, other.features):
            raise UsageError(
                f"The models in {first.model.folder} and {other.model.folder} cut the rows into "
                "different pieces (another tokenizer, or another max_length_tokens), so that "
                "their answers can't be averaged; leave one out."
            )
