"""Count what a kept model answers to the development set, label by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autoclue.records import LabelCounts
from autoclue.tasks import TaskData, find_kind
from autoclue.training.evaluate.answering import answer_rows
from autoclue.training.evaluate.scoring import open_kept

SPLIT = "dev"


def count_labels(
    folder: Path, *, data: TaskData | None = None, device: str = "auto"
) -> LabelCounts:
    """Have a kept model answer the development set that it was chosen on, and count by label.

    Args:
        folder: What a trial kept, of a task with labels.
        data: The task's rows; ``None`` takes them from where the trial did.
        device: ``auto``, ``cpu`` or ``gpu``.

    Raises:
        UsageError: The folder holds no kept model, or its task or data can't be read.
        AutoclueError: See ``answer_rows``.
    """
    model, found = open_kept(folder, data)
    said = answer_rows([model], found, SPLIT, device=device)
    references = find_kind(found.spec.kind).references(said.examples)
    return count_answers(found.spec.output_labels, said.predictions.values, references)


def count_answers(
    labels: Sequence[str], predicted: Sequence[Any], references: Sequence[Any]
) -> LabelCounts:
    """Count answers by label.

    Args:
        labels: In the order of the task.
        predicted: A label's index for each example, or the indices of several.
        references: What is right, in the same form.
    """
    pairs = list(zip(map(_as_set, predicted), map(_as_set, references), strict=True))
    wanted = Counter(label for _, right in pairs for label in right)
    given = Counter(label for answer, _ in pairs for label in answer)
    both = Counter(label for answer, right in pairs for label in answer & right)
    single = all(isinstance(reference, int) for reference in references)
    confused = Counter(zip(references, predicted, strict=True)) if single else Counter()
    every = range(len(labels))
    return LabelCounts(
        labels=tuple(labels),
        examples=len(pairs),
        wanted=tuple(wanted[label] for label in every),
        predicted=tuple(given[label] for label in every),
        right=tuple(both[label] for label in every),
        confused=tuple((*pair, count) for pair, count in sorted(confused.items())),
    )


def _as_set(answer: int | Sequence[int]) -> frozenset[int]:
    return frozenset((answer,) if isinstance(answer, int) else answer)
