"""Score a fine-tuned model on any split that has labels, such as a test part never seen before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from autoclue.training.checkpoints import read_kept
from autoclue.training.data import split_dev
from autoclue.training.evaluate.answering import answer_rows
from autoclue.training.evaluate.fine_tuned import FineTuned, check_kept

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PartScore:
    """The scores of a part of a split.

    Attributes:
        rows: How many examples it has.
        scores: The metric's scores by name, the primary one first, each in [0, 1].
        intervals: The 95 % interval of each score that has one.
    """

    rows: int
    scores: Mapping[str, float]
    intervals: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class SplitScore:
    """How well a model does on a split.

    Attributes:
        split: Name of the split.
        metric: Name of the task's metric.
        scores: The metric's scores by name, the primary one first, each in [0, 1].
        loss: Mean loss over all features, in nats.
        predictions: One for each example, in file order.
        intervals: The 95 % interval of each score that has one.
        parts: By name, the parts of a development set of which one was held out in the training:
            ``selection``, which chose the model, and ``held_out``.
    """

    split: str
    metric: str
    scores: Mapping[str, float]
    loss: float
    predictions: Predictions
    intervals: Mapping[str, Bounds] = field(default_factory=dict)
    parts: Mapping[str, PartScore] = field(default_factory=dict)

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


def refuse_unlabelled(data: TaskData, split: str) -> None:
    """Refuse a split that can't be scored.

    Raises:
        UsageError: It isn't there, or has no answers.
    """
    if not can_score(data, split):
        raise UsageError(
            f"{split} of {data.spec.name} can't be scored in {data.origin}: there are labels for "
            f"{', '.join(data.scored_splits)} alone."
        )


def score_model(
    folder: Path, split: str, *, data: str | TaskData | None = None, device: str = "auto"
) -> SplitScore:
    """Score a kept model on a split of its task.

    On ``dev``, where nothing of it was held out, this gives the score that the model was kept for.

    Args:
        folder: What a trial kept: the network, its tokenizer and ``autoclue.json``.
        split: A split that is there with its labels.
        data: Where the rows come from, as ``--data`` takes it, or the rows themselves; ``None``
            takes them from where the trial did.
        device: ``auto``, ``cpu`` or ``gpu``.

    Raises:
        UsageError: The folder holds no kept model, its task or data can't be read, its labels are
            not those of the task, or the split has no labels.
    """
    model, found = open_kept(folder, data)
    return score_fine_tuned([model], found, split, device=device)


def open_kept(folder: Path, data: str | TaskData | None = None) -> tuple[FineTuned, TaskData]:
    """Return what a trial kept, and the rows of its task.

    Args:
        folder: The network, its tokenizer and ``autoclue.json``.
        data: Where the rows come from, or they themselves; ``None`` takes them from where the
            trial did.

    Raises:
        UsageError: The folder holds no kept model, its task or data can't be read, or its labels
            are not those of the task.
    """
    kept = read_kept(folder)
    if isinstance(data, TaskData):
        found = data
    else:
        given = kept.config.data if data is None else data
        found = open_data(load_task(kept.config.task), given)
    check_kept(kept, folder, found.spec)
    return FineTuned(folder, found.spec, kept, kept.config.max_length_tokens), found


def score_fine_tuned(
    models: Sequence[FineTuned], data: TaskData, split: str, *, device: str
) -> SplitScore:
    """Score a model, or several whose answers are averaged, on a split with answers.

    Args:
        models: At least one.
        data: The task's rows.
        split: A split that is there with its answers.
        device: ``auto``, ``cpu`` or ``gpu``.

    Raises:
        UsageError: The split has no answers; or see ``answer_rows``.
        AutoclueError: See ``answer_rows``.
    """
    refuse_unlabelled(data, split)
    said = answer_rows(models, data, split, device=device)
    every = score_part(data, said.predictions, said.examples, range(len(said.examples)))
    return SplitScore(
        split=split,
        metric=data.spec.metric,
        scores=every.scores,
        loss=said.loss,
        predictions=said.predictions,
        intervals=every.intervals,
        parts=_parts(models, data, split, said.predictions, said.examples),
    )


def score_part(
    data: TaskData, predictions: Predictions, examples: Sequence[object], rows: Iterable[int]
) -> PartScore:
    """Score some rows of a split.

    Args:
        data: The task's rows.
        predictions: One for each row of the split, in file order.
        examples: The rows of the split.
        rows: Places of those to score.
    """
    metric, every = find_metric(data.spec.metric), find_kind(data.spec.kind).references(examples)
    places = [int(row) for row in rows]
    told, right = predictions.take(places), [every[place] for place in places]
    scores = metric.score(told, right)
    return PartScore(len(places), scores, metric.intervals(told, right, scores))


def _parts(
    models: Sequence[FineTuned],
    data: TaskData,
    split: str,
    predictions: Predictions,
    examples: Sequence[object],
) -> dict[str, PartScore]:
    """Score the two parts of a development set that the training of the model has split.

    The model was chosen by one of them; of an ensemble, or on other rows, nothing is said.
    """
    kept = models[0].kept
    if split != "dev" or len(models) > 1 or kept is None or kept.config.holdout == 0:
        return {}
    if data.files != open_data(data.spec, kept.config.data).files:
        return {}
    parts = split_dev(find_kind(data.spec.kind).strata(examples), kept.config.holdout)
    return {
        "selection": score_part(data, predictions, examples, parts.selection),
        "held_out": score_part(data, predictions, examples, parts.held_out),
    }
