"""Score a kept model on any split that has labels, such as a test part that no search has seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.tasks import TaskData, find_metric, load_task, open_data
from autoclue.training.checkpoints import KeptModel, read_kept
from autoclue.training.data import make_encode, make_features
from autoclue.training.evaluate.evaluation import cross_entropy, predict_logits
from autoclue.training.model import load_network, load_tokenizer
from autoclue.training.platform import (
    apply_switches,
    flush_denormals,
    flushing_enabled,
    load_paddle,
    pick_device,
)


@dataclass(frozen=True, slots=True)
class SplitScore:
    """How well a model does on a split.

    Attributes:
        split: Name of the split.
        metric: Name of the score.
        score: The score, in the metric's own range.
        loss: Mean cross-entropy over all rows, in nats.
        predictions: Predicted label indices in file order, ``[rows]``.
    """

    split: str
    metric: str
    score: float
    loss: float
    predictions: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many rows were scored."""
        return len(self.predictions)


def can_score(data: TaskData, split: str) -> bool:
    """Say whether a split is there with its labels."""
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
    if spec.labels != kept.labels:
        raise UsageError(
            f"The model in {folder} was trained for the labels {', '.join(kept.labels)}, but "
            f"{spec.name} has {', '.join(spec.labels)}."
        )
    found = open_data(spec, kept.config.data if data is None else data)
    if not can_score(found, split):
        raise UsageError(
            f"{split} of {spec.name} can't be scored in {found.origin}: there are labels for "
            f"{', '.join(found.scored_splits)} alone."
        )
    return _score(kept, folder, found, split, device)


def _score(kept: KeptModel, folder: Path, data: TaskData, split: str, device: str) -> SplitScore:
    """Load the network, run it over the rows and compare."""
    apply_switches(gpu=device == "gpu")
    chosen = pick_device(device)
    load_paddle().set_device(chosen)
    tokenizer = load_tokenizer(str(folder))
    encode = make_encode(tokenizer, kept.config.max_length_tokens)
    features = make_features(data.examples(split), encode)
    network = load_network(
        str(folder), num_classes=len(kept.labels), seed=kept.config.seed, kept=True
    )
    with flush_denormals(enabled=chosen == "cpu" and flushing_enabled()):
        logits = predict_logits(network, features, int(tokenizer.pad_token_id))
    predictions = logits.argmax(axis=1).tolist()
    metric = find_metric(data.spec.metric)
    return SplitScore(
        split=split,
        metric=metric.name,
        score=metric.compute(predictions, features.labels.tolist()),
        loss=float(cross_entropy(logits, features.labels).mean()),
        predictions=tuple(predictions),
    )
