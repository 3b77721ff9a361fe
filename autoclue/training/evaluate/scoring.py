"""Score a kept model on any split that has labels, such as a test part that no search has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.tasks import (
    Predictions,
    TaskData,
    find_kind,
    find_metric,
    load_task,
    open_data,
)
from autoclue.training.checkpoints import KeptModel, read_kept
from autoclue.training.evaluate.evaluation import answer_split
from autoclue.training.heads import make_head
from autoclue.training.model import load_tokenizer
from autoclue.training.platform import (
    apply_switches,
    flush_denormals,
    flushing_enabled,
    load_paddle,
    pick_device,
)
from autoclue.training.protocols import find_protocol


@dataclass(frozen=True, slots=True)
class SplitScore:
    """How well a model does on a split.

    Attributes:
        split: Name of the split.
        metric: Name of the task's metric.
        scores: The metric's scores by name, the primary one first, each in [0, 1].
        loss: Mean loss over all features, in nats.
        predictions: One for each example, in file order.
    """

    split: str
    metric: str
    scores: Mapping[str, float]
    loss: float
    predictions: Predictions

    @property
    def score(self) -> float:
        """The primary score."""
        return next(iter(self.scores.values()))

    @property
    def rows(self) -> int:
        """How many examples were scored."""
        return len(self.predictions)


def can_score(data: TaskData, split: str) -> bool:
    """Return whether a split is there with its answers."""
    return split in data.scored_splits


def score_model(
    folder: Path, split: str, *, data: str | None = None, device: str = "auto"
) -> SplitScore:
    """Score a kept model on a split of its task.

    On ``dev``, where nothing of it was held out, this gives the score that the model was kept for.

    Args:
        folder: What a trial kept: the network, its tokenizer and ``autoclue.json``.
        split: A split that is there with its labels.
        data: Where the rows come from, as ``--data`` takes it; ``None`` takes them from where the
            trial did.
        device: ``auto``, ``cpu`` or ``gpu``.

    Raises:
        UsageError: The folder holds no kept model, its task or data can't be read, its labels are
            not those of the task, or the split has no labels.
    """
    kept = read_kept(folder)
    spec = load_task(kept.config.task)
    found = open_data(spec, kept.config.data if data is None else data)
    spec = found.spec
    if spec.output_labels != kept.labels:
        raise UsageError(
            f"The model in {folder} was trained for the labels {', '.join(kept.labels)}, but "
            f"{spec.name} has {', '.join(spec.output_labels)}."
        )
    if not can_score(found, split):
        raise UsageError(
            f"{split} of {spec.name} can't be scored in {found.origin}: there are labels for "
            f"{', '.join(found.scored_splits)} alone."
        )
    return _score(kept, folder, found, split, device)


def _score(kept: KeptModel, folder: Path, data: TaskData, split: str, device: str) -> SplitScore:
    """Load the network, have it answer the split and compare."""
    apply_switches(gpu=device == "gpu")
    chosen = pick_device(device)
    load_paddle().set_device(chosen)
    protocol = find_protocol(kept.config.protocol)
    tokenizer, head = load_tokenizer(str(folder)), make_head(data.spec, protocol.mends)
    examples = data.examples(split)
    features = head.encode(examples, tokenizer, max_length_tokens=kept.config.max_length_tokens)
    network = head.build(str(folder), seed=kept.config.seed, kept=True)
    with flush_denormals(enabled=chosen == "cpu" and flushing_enabled()):
        answers = answer_split(
            *(network, head, features, examples),
            pad_id=int(tokenizer.pad_token_id),
            batch_size=protocol.evaluation_batch(kept.config.micro_batch_size),
        )
    metric = find_metric(data.spec.metric)
    references = find_kind(data.spec.kind).references(examples)
    return SplitScore(
        split=split,
        metric=metric.name,
        scores=metric.score(answers.predictions, references),
        loss=answers.loss,
        predictions=answers.predictions,
    )
